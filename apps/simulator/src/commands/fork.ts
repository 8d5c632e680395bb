/**
 * `priolab fork`: the run of a capsule again and again, the same up to a moment and with other
 * randomness of faults and network from then on: how likely was what happened?
 */

import {
  EXIT,
  UsageError,
  describeEnvironment,
  durationMs,
  durationText,
  runScenario,
} from '@priolab/harness';

import { parse, usage, wholeNumber } from '../arguments.ts';
import { printable } from '../streams.ts';
import { readCapsule } from './replay.ts';

const options = {
  at: { type: 'string' },
  times: { type: 'string', default: '20' },
} as const;

export async function fork(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('fork', args, options);
  const [name] = positionals;
  if (name === undefined || positionals.length > 1 || values.at === undefined) {
    throw usage('fork', 'expected a capsule and a moment: priolab fork <capsule> --at 6h');
  }
  const times = wholeNumber('fork', '--times', values.times, { min: 1, max: 10_000 });
  const atMs = readMoment(values.at);
  const { scenario, result } = readCapsule(name, 'fork');
  if (scenario.clock !== 'simulated') {
    throw usage('fork', `${scenario.id} runs on the wall clock; only simulated time can be forked`);
  }
  const counts = new Map<string, number>();
  for (let i = 0; i < times; i++) {
    const summary = await runScenario({
      scenario,
      workers: 0,
      environment: describeEnvironment(),
      fork: { atMs, name: `fork-${i}` },
    });
    const { startMs, endMs } = summary.simulation!;
    if (atMs >= endMs - startMs) {
      const ends = durationText(endMs - startMs);
      throw usage('fork', `--at: got ${values.at}; the run ends ${ends} after its start`);
    }
    const failed = summary.expectations.filter(({ verdict }) => verdict !== 'pass');
    const what = failed.length === 0 ? 'pass' : failed.map(({ id }) => id).join(', ');
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const before = result.failed.length === 0 ? 'pass' : result.failed.join(', ');
  console.log(
    printable(`${scenario.id}, forked ${times} times at ${values.at}; it was: ${before}`),
  );
  for (const [what, count] of [...counts].sort(([, a], [, b]) => b - a)) {
    const bar = '#'.repeat(Math.max(1, Math.round((40 * count) / times)));
    const percent = `${((100 * count) / times).toFixed(0)} %`.padStart(5);
    // The bar is ours: `printable` would write out its second mark, as of any "##".
    console.log(`  ${String(count).padStart(5)}  ${percent}  ${bar}  ${printable(what)}`);
  }
  return EXIT.pass;
}

function readMoment(text: string): number {
  try {
    return durationMs(text);
  } catch (error) {
    const message = `--at: ${error instanceof Error ? error.message : ''}`;
    throw new UsageError('priolab fork', [{ path: '', message }]);
  }
}
