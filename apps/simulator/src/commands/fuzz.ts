/**
 * `priolab fuzz`: one scenario under many seeds, each with its own random faults. What no fault
 * explains is a finding, kept with its capsule; one of each kind is enough.
 */

import { mkdirSync, openSync, closeSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { EXIT, UsageError, durationMs, worstExit } from '@priolab/harness';
import { runMany } from '@priolab/harness/many';
import type { ManyResult } from '@priolab/harness/many';
import { createInterrupt, monotonicMs } from '@priolab/runtime';

import { parse, usage, wholeNumber } from '../arguments.ts';
import { describeEnvironment } from '../environment.ts';
import { loadScenario } from '../load.ts';
import { createProgressLine } from '../progress-line.ts';
import { printable } from '../streams.ts';

const DEFAULT_FILE = 'scenarios/swarm.scenario.ts';

const options = {
  seeds: { type: 'string', default: '100' },
  first: { type: 'string', default: '1' },
  for: { type: 'string' },
  workers: { type: 'string' },
  out: { type: 'string', default: 'runs/fuzz' },
} as const;

export async function fuzz(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('fuzz', args, options);
  if (positionals.length > 1) throw usage('fuzz', 'expected one scenario file at most');
  const file = positionals[0] ?? DEFAULT_FILE;
  const count = wholeNumber('fuzz', '--seeds', values.seeds, { min: 1, max: 1_000_000 });
  const first = wholeNumber('fuzz', '--first', values.first, { min: 0, max: 1e12 });
  const workers =
    values.workers === undefined
      ? availableParallelism()
      : wholeNumber('fuzz', '--workers', values.workers, { min: 0, max: 256 });
  const limitMs = values.for === undefined ? Infinity : readTime(values.for);
  const scenario = await loadScenario(file);
  if (scenario.clock !== 'simulated') {
    throw usage('fuzz', `${file}: expected clock "simulated", got "${scenario.clock}"`);
  }
  mkdirSync(values.out, { recursive: true });
  const log = openSync(join(values.out, 'seeds.ndjson'), 'w');
  const findings = createFindings(values.out, file);
  const progress = createProgressLine(process.stderr, { doing: 'fuzz', unit: 'seeds' });
  const interrupt = createInterrupt();
  const startMs = monotonicMs();
  const stop = new AbortController();
  interrupt.signal.addEventListener('abort', () => stop.abort());
  try {
    await runMany({
      init: {
        jobs: {
          kind: 'seeds',
          scenario,
          seeds: Array.from({ length: count }, (_, i) => String(first + i)),
        },
        environment: describeEnvironment(),
      },
      workers,
      signal: stop.signal,
      onResult(index, result) {
        const { capsule: _capsule, ...line } = result;
        writeSync(log, `${JSON.stringify(line)}\n`);
        findings.add(result);
        const elapsedMs = monotonicMs() - startMs;
        progress.update({ reportsDone: index + 1, reportCount: count, elapsedMs });
        if (elapsedMs > limitMs) stop.abort();
      },
    });
  } finally {
    progress.clear();
    closeSync(log);
    interrupt.dispose();
  }
  findings.print(monotonicMs() - startMs, values.out);
  return worstExit([
    interrupt.signal.aborted ? EXIT.interrupted : EXIT.pass,
    findings.count > 0 ? EXIT.correctness : EXIT.pass,
    // Without a fault that struck, nothing has been tried.
    findings.hasTried ? EXIT.pass : EXIT.vacuous,
  ]);
}

function readTime(text: string): number {
  try {
    return durationMs(text);
  } catch (error) {
    const message = `--for: ${error instanceof Error ? error.message : ''}`;
    throw new UsageError('priolab fuzz', [{ path: '', message }]);
  }
}

/** Findings by what failed, each with the first capsule; and how often every fault struck. */
function createFindings(out: string, scenarioFile: string) {
  const kinds = new Map<
    string,
    { count: number; seed: string; command: string; observed: string }
  >();
  const faults = new Map<string, { runs: number; struck: number }>();
  let runs = 0;
  let explained = 0;
  return {
    get count() {
      return kinds.size;
    },

    get hasTried() {
      return [...faults.values()].some(({ struck }) => struck > 0);
    },

    add(result: ManyResult): void {
      runs += 1;
      if (result.verdict === 'fail' && result.unexplained.length === 0) explained += 1;
      for (const { id, fired } of result.faults) {
        const known = faults.get(id) ?? { runs: 0, struck: 0 };
        faults.set(id, { runs: known.runs + 1, struck: known.struck + (fired > 0 ? 1 : 0) });
      }
      if (result.unexplained.length === 0) return;
      const kind = result.unexplained.join(', ');
      const known = kinds.get(kind);
      if (known !== undefined) {
        known.count += 1;
        return;
      }
      const file = join(out, `seed-${result.seed}.capsule.json`);
      if (result.capsule !== undefined) writeFileSync(file, result.capsule);
      const command =
        result.capsule === undefined
          ? `npx priolab run ${scenarioFile} --seed ${result.seed}`
          : `npx priolab replay ${file}`;
      const { observed = '' } =
        result.failed.find(({ id }) => result.unexplained.includes(id)) ?? {};
      kinds.set(kind, { count: 1, seed: result.seed, command, observed });
    },

    print(elapsedMs: number, folder: string): void {
      const perRun = runs === 0 ? 0 : elapsedMs / runs;
      const never = [...faults].filter(([, { struck }]) => struck === 0).map(([id]) => id);
      console.log(
        `${runs} seeds in ${(elapsedMs / 1000).toFixed(1)} s (${perRun.toFixed(0)} ms each): ` +
          `${explained} with red oracles that a fault explains, ${kinds.size} findings`,
      );
      const struck = faults.size - never.length;
      console.log(`${struck} of ${faults.size} faults that were drawn struck in some run`);
      if (struck === 0) console.log('vacuous: no fault struck in any run');
      if (never.length > 0) console.log(`  never: ${never.sort().join(', ')}`);
      for (const [kind, { count, seed, command, observed }] of kinds) {
        console.log(printable(`FINDING ${kind}: ${count} seeds, first ${seed}: ${observed}`));
        console.log(printable(`  ${command}`));
      }
      console.log(printable(`every seed: ${join(folder, 'seeds.ndjson')}`));
    },
  };
}
