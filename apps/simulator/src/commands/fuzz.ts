/**
 * `priolab fuzz`: one scenario under many seeds, each with its own random faults. What no fault
 * explains is a finding, kept with its capsule; one of each kind is enough. Of that one the faults
 * are left out that it does not need.
 */

import { openSync, closeSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { EXIT, UsageError, describeEnvironment, durationMs, worstExit } from '@priolab/harness';
import type { Scenario } from '@priolab/harness';
import { runMany, shrink } from '@priolab/harness/many';
import type { ManyResult, Shrunk } from '@priolab/harness/many';
import { createInterrupt, monotonicMs } from '@priolab/runtime';

import { parse, usage, wholeNumber } from '../arguments.ts';
import { loadScenario } from '../load.ts';
import { createProgressLine } from '../progress-line.ts';
import { makeFolderOf } from '../run-folder.ts';
import { printable } from '../streams.ts';

const DEFAULT_FILE = 'scenarios/swarm.scenario.ts';

const options = {
  seeds: { type: 'string', default: '100' },
  first: { type: 'string', default: '1' },
  for: { type: 'string' },
  workers: { type: 'string' },
  shrink: { type: 'string', default: '40' },
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
  const runsMax = wholeNumber('fuzz', '--shrink', values.shrink, { min: 0, max: 1000 });
  const limitMs = values.for === undefined ? Infinity : readTime(values.for);
  const scenario = await loadScenario(file);
  if (scenario.clock !== 'simulated') {
    throw usage('fuzz', `${file}: expected clock "simulated", got "${scenario.clock}"`);
  }
  makeFolderOf('fuzz', '--out', values.out);
  const log = openSync(join(values.out, 'seeds.ndjson'), 'w');
  const findings = createFindings(values.out, file);
  const progress = createProgressLine(process.stderr, { doing: 'fuzz', unit: 'seeds' });
  const interrupt = createInterrupt();
  const startMs = monotonicMs();
  let elapsedMs = 0;
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
        elapsedMs = monotonicMs() - startMs;
        progress.update({ reportsDone: index + 1, reportCount: count, elapsedMs });
        if (elapsedMs > limitMs) stop.abort();
      },
    });
    if (runsMax > 0 && !interrupt.signal.aborted) {
      progress.clear();
      await shrinkFindings(findings, { scenario, runsMax, workers, signal: interrupt.signal });
    }
  } finally {
    progress.clear();
    closeSync(log);
    interrupt.dispose();
  }
  findings.print(elapsedMs, values.out);
  return worstExit([
    interrupt.signal.aborted ? EXIT.interrupted : EXIT.pass,
    findings.count > 0 ? EXIT.correctness : EXIT.pass,
    // Without a fault that struck, or any run that shows something, nothing has been tried.
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

/** Leaves out of the first run of each kind what it does not need. */
async function shrinkFindings(
  findings: ReturnType<typeof createFindings>,
  options: {
    readonly scenario: Scenario;
    readonly runsMax: number;
    readonly workers: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { scenario, runsMax, workers, signal } = options;
  const progress = createProgressLine(process.stderr, { doing: 'shrink', unit: 'runs' });
  const startMs = monotonicMs();
  let runs = 0;
  const run = async (scenarios: readonly Scenario[]): Promise<ManyResult[]> => {
    const results: ManyResult[] = [];
    await runMany({
      init: { jobs: { kind: 'list', scenarios }, environment: describeEnvironment() },
      workers,
      signal,
      onResult(_index, result) {
        results.push(result);
        const elapsedMs = monotonicMs() - startMs;
        const reportCount = runsMax * findings.count;
        progress.update({ reportsDone: (runs += 1), reportCount, elapsedMs });
      },
    });
    return results;
  };
  for (const { seed, unexplained } of findings.firsts()) {
    if (signal.aborted) break;
    const found = { scenario: { ...scenario, seed }, unexplained };
    findings.addShrunk(unexplained, await shrink({ ...found, run, runsMax }));
  }
  progress.clear();
}

interface Finding {
  count: number;
  readonly seed: string;
  readonly unexplained: readonly string[];
  readonly command: string;
  readonly observed: string;
  /** Lines about the fewest faults that show it. */
  shrunk?: readonly string[];
}

/** Findings by what failed, each with the first capsule; and how often every fault struck. */
function createFindings(out: string, scenarioFile: string) {
  const kinds = new Map<string, Finding>();
  const faults = new Map<string, { runs: number; struck: number }>();
  let runs = 0;
  let explained = 0;
  let vacuous = 0;
  /** Expectations without data in runs whose verdict is vacuous -> how many of those. */
  const dataless = new Map<string, number>();
  return {
    get count() {
      return kinds.size;
    },

    get hasTried() {
      return vacuous < runs && [...faults.values()].some(({ struck }) => struck > 0);
    },

    add(result: ManyResult): void {
      runs += 1;
      if (result.verdict === 'fail' && result.unexplained.length === 0) explained += 1;
      if (result.verdict === 'vacuous') {
        vacuous += 1;
        const ids = result.failed.filter((one) => one.verdict === 'vacuous').map(({ id }) => id);
        for (const id of new Set(ids)) dataless.set(id, (dataless.get(id) ?? 0) + 1);
      }
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
      const { seed, unexplained } = result;
      kinds.set(kind, { count: 1, seed, unexplained, command, observed });
    },

    firsts: (): readonly Finding[] => [...kinds.values()],

    addShrunk(of: readonly string[], shrunk: Shrunk | undefined): void {
      const finding = kinds.get(of.join(', '))!;
      const file = join(out, `seed-${finding.seed}.shrunk.capsule.json`);
      const capsule = shrunk?.result.capsule;
      if (capsule !== undefined) writeFileSync(file, capsule);
      finding.shrunk = [
        describeShrunk(shrunk),
        ...(capsule === undefined ? [] : [`npx priolab replay ${file}`]),
      ];
    },

    print(elapsedMs: number, folder: string): void {
      printSummary({ elapsedMs, runs, explained, findings: kinds.size, faults });
      if (vacuous > 0) console.log(printable(describeVacuous(vacuous, runs, dataless)));
      for (const [kind, { count, seed, command, observed, shrunk = [] }] of kinds) {
        console.log(printable(`FINDING ${kind}: ${count} seeds, first ${seed}: ${observed}`));
        for (const line of [command, ...shrunk]) console.log(printable(`  ${line}`));
      }
      console.log(printable(`every seed: ${join(folder, 'seeds.ndjson')}`));
    },
  };
}

const DATALESS_MAX = 5;

function describeVacuous(
  vacuous: number,
  runs: number,
  dataless: ReadonlyMap<string, number>,
): string {
  const all = [...dataless].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const shown = all.slice(0, DATALESS_MAX).map(([id, count]) => `${id} ${count}`);
  const more = all.length > DATALESS_MAX ? `, ${all.length - DATALESS_MAX} more` : '';
  return `${vacuous} of ${runs} seeds vacuous, for want of data: ${shown.join(', ')}${more}`;
}

function describeShrunk(shrunk: Shrunk | undefined): string {
  if (shrunk === undefined) return 'its faults, written out one by one, do not show it';
  const { nemesis, runs, isLeast, untried } = shrunk;
  const list = nemesis.length === 0 ? 'no fault at all' : namesOf(nemesis);
  const rest = untried.length === 0 ? '' : `; not tried without ${namesOf(untried)}`;
  return `${isLeast ? 'needs' : 'needs at most'}, after ${runs} runs: ${list}${rest}`;
}

function namesOf(nemesis: Shrunk['nemesis']): string {
  return nemesis.map(({ id, at }) => (at === undefined ? id : `${id} at ${at}`)).join(', ');
}

function printSummary(counts: {
  readonly elapsedMs: number;
  readonly runs: number;
  readonly explained: number;
  readonly findings: number;
  readonly faults: ReadonlyMap<string, { readonly struck: number }>;
}): void {
  const { elapsedMs, runs, explained, findings, faults } = counts;
  const perRun = runs === 0 ? 0 : elapsedMs / runs;
  const never = [...faults].filter(([, { struck }]) => struck === 0).map(([id]) => id);
  console.log(
    `${runs} seeds in ${(elapsedMs / 1000).toFixed(1)} s (${perRun.toFixed(0)} ms each): ` +
      `${explained} with red oracles that a fault explains, ${findings} findings`,
  );
  const struck = faults.size - never.length;
  console.log(`${struck} of ${faults.size} faults that were drawn struck in some run`);
  if (struck === 0) console.log('vacuous: no fault struck in any run');
  if (never.length > 0) console.log(`  never: ${never.sort().join(', ')}`);
}
