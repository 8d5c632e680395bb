/**
 * `priolab watch`: runs a scenario again whenever one of its files changes, and says what that
 * changed. A run that is under way is stopped for it. Writes nothing: `priolab run` is for that.
 */

import { rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

import { EXIT, UsageError, describeEnvironment, runScenario } from '@priolab/harness';
import type { RunSummary, Scenario } from '@priolab/harness';
import { verdictSentence } from '@priolab/report';
import { createInterrupt } from '@priolab/runtime';

import { numberMistake, parse } from '../arguments.ts';
import { deploymentOptions } from '../deployment-options.ts';
import { loadScenario } from '../load.ts';
import type { Overrides } from '../load.ts';
import { planWithProgress } from '../prepare.ts';
import { createProgressLine } from '../progress-line.ts';
import { quote } from '../quote.ts';
import { printable, wantsColour } from '../streams.ts';
import { changesBetween } from '../watch/changes.ts';
import { createFileWatch } from '../watch/file-watch.ts';
import { listenForKeys } from '../watch/keys.ts';

const options = {
  seed: { type: 'string' },
  reports: { type: 'string' },
  workers: { type: 'string' },
} as const;

type Arguments = ReturnType<typeof parse<typeof options>>;

/** One attempt: a run that was judged, or why there is none. */
type Attempt =
  | { readonly kind: 'judged'; readonly summary: RunSummary }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'stopped' };

export async function watch(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('watch', args, options, mistakesIn);
  const file = positionals[0]!;
  const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const overrides = { seed: values.seed, reports: numberOf(values.reports) };
  const workers = numberOf(values.workers) ?? availableParallelism();

  const requests = createRequests();
  const files = createFileWatch((changed) => requests.ask(`${namesOf(changed)} changed`));
  const interrupt = createInterrupt();
  interrupt.signal.addEventListener('abort', requests.end);
  const keys = listenForKeys(process.stdin, {
    onQuit: requests.end,
    onAgain: () => requests.ask('asked for'),
    onInterrupt: () => process.kill(process.pid, 'SIGINT'),
  });
  const loop = { file, overrides, workers, requests, files, hasKeys: keys.areThere };
  try {
    const last = await runAgainAndAgain(loop);
    return interrupt.signal.aborted ? EXIT.interrupted : last;
  } finally {
    keys.dispose();
    interrupt.dispose();
    files.close();
  }
}

function mistakesIn({ values, positionals }: Arguments): (string | undefined)[] {
  const { seed, reports, workers } = values;
  const isSeed = seed === undefined || (seed.length >= 1 && seed.length <= 200);
  const example = 'priolab watch scenarios/smoke.scenario.ts';
  return [
    positionals.length === 1 ? undefined : `expected one scenario file; for example: ${example}`,
    isSeed ? undefined : `--seed: got ${seed.length} characters; allowed: 1 to 200`,
    numberMistake('--reports', reports, { min: 1, max: 1_000_000_000 }),
    numberMistake('--workers', workers, { min: 0, max: 256 }),
  ];
}

/** Without folders whose files are named. */
function namesOf(paths: readonly string[]): string {
  const folders = new Set(paths.map((path) => dirname(path)));
  return paths
    .filter((path) => !folders.has(path))
    .map((path) => basename(path))
    .join(', ');
}

/** What is asked for next; whatever is asked for stops what is under way. */
function createRequests() {
  let reason: string | undefined;
  let ended = false;
  let wake = (): void => {};
  let underWay = new AbortController();
  const stir = (): void => {
    underWay.abort();
    wake();
  };
  return {
    ask(why: string): void {
      reason = why;
      stir();
    },

    end(): void {
      ended = true;
      stir();
    },

    /** The next reason to run, and what stops that run; undefined at the end. */
    async next(): Promise<{ readonly why: string; readonly signal: AbortSignal } | undefined> {
      while (!ended) {
        if (reason !== undefined) {
          const why = reason;
          reason = undefined;
          underWay = new AbortController();
          return { why, signal: underWay.signal };
        }
        await new Promise<void>((resolveWait) => {
          wake = resolveWait;
        });
      }
      return undefined;
    },
  };
}

interface Loop {
  readonly file: string;
  readonly overrides: Overrides;
  readonly workers: number;
  readonly requests: ReturnType<typeof createRequests>;
  readonly files: ReturnType<typeof createFileWatch>;
  readonly hasKeys: boolean;
}

/** @returns the exit code of the last attempt that came to its end, or of a stop before any */
async function runAgainAndAgain(loop: Loop): Promise<number> {
  const { file, requests, files, hasKeys } = loop;
  let exitCode: number = EXIT.interrupted;
  let before: RunSummary | undefined;
  let known: ReadonlySet<string> = new Set([resolve(file)]);
  files.follow(known);
  requests.ask(file);
  for (let count = 1; ; count++) {
    const request = await requests.next();
    if (request === undefined) return exitCode;
    console.log(printable(`run ${count}: ${request.why}`));
    const attempt = await attemptRun(loop, request.signal, (found, isWhole) => {
      // What can't be loaded may have been seen in part only: all that was known may cure it.
      known = isWhole ? found : new Set([...known, ...found]);
      files.follow(known, { neighbours: !isWhole });
    });
    const isUsable = attempt.kind === 'judged';
    if (attempt.kind === 'stopped') {
      console.log('stopped\n');
      continue;
    }
    if (isUsable) {
      tell(attempt.summary, before);
      before = attempt.summary;
      exitCode = before.exitCode;
    } else {
      console.error(printable(attempt.message));
      exitCode = EXIT.usage;
    }
    const what = `${known.size} ${known.size === 1 ? 'file' : 'files'}`;
    const how = hasKeys ? 'Enter runs again, q ends' : 'Ctrl-C ends';
    const full = isUsable ? `; in full: npx priolab run ${quote(file)}` : '';
    console.log(printable(`watching ${what}; ${how}${full}\n`));
  }
}

/** @param onFiles told of the scenario's files, before it is run; whether it could be loaded */
async function attemptRun(
  { file, overrides, workers }: Loop,
  signal: AbortSignal,
  onFiles: (found: ReadonlySet<string>, isWhole: boolean) => void,
): Promise<Attempt> {
  const found = new Set<string>();
  let scenario: Scenario | undefined;
  const folder = join(tmpdir(), `priolab-watch-${process.pid}`);
  const progress = createProgressLine(process.stderr);
  try {
    try {
      scenario = await loadScenario(file, overrides, (path) => found.add(path));
    } finally {
      onFiles(found, scenario !== undefined);
    }
    const plan = await planWithProgress(file, scenario, signal);
    if (plan === undefined || signal.aborted) return { kind: 'stopped' };
    const summary = await runScenario({
      scenario,
      plan,
      workers,
      signal,
      environment: describeEnvironment(),
      onProgress: (state) => progress.update(state),
      deployment: deploymentOptions({ folder }),
    });
    // A run that was stopped in its last moments may be whole, but nobody waits for it any more.
    return signal.aborted ? { kind: 'stopped' } : { kind: 'judged', summary };
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'unusable', message: error.message };
    throw error;
  } finally {
    progress.clear();
    rmSync(folder, { recursive: true, force: true });
  }
}

const COLOURS = { pass: 32, fail: 31 } as const;

function tell(summary: RunSummary, before: RunSummary | undefined): void {
  const { verdict, exitCode, cost } = summary;
  const word = verdict.toUpperCase();
  const colour = verdict === 'pass' || verdict === 'fail' ? COLOURS[verdict] : 33;
  const shown = wantsColour(process.stdout) ? `\u001b[1;${colour}m${word}\u001b[0m` : word;
  const seconds = (cost.wallMs / 1000).toFixed(1);
  console.log(`${shown}  ${verdictSentence(summary)} (exit code ${exitCode}), ${seconds} s`);
  for (const line of changesBetween(before, summary)) console.log(printable(`  ${line}`));
}
