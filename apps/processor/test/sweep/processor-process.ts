/** A real processor process: started from its command line, asked over HTTP, killed or stopped. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/priolab-processor.js', import.meta.url));
const ASK_TIMEOUT_MS = 500;
/** Lines that are kept for who asks what happened. */
const LINES_MAX = 400;

export interface TaskCounts {
  readonly ready: number;
  readonly leased: number;
  readonly done: number;
  readonly rejected: number;
}

export interface HealthAnswer {
  readonly ready: boolean;
  readonly problem: string | null;
  readonly failedScans: number;
  readonly failedWork: number;
  readonly tasks: TaskCounts;
}

export interface LogLine {
  readonly event: string;
  readonly level?: string;
  readonly code?: string;
  readonly [field: string]: unknown;
}

export interface ProcessorProcess {
  readonly lines: readonly LogLine[];
  /** What it wrote that is no log line, such as the message of an end. */
  readonly text: () => string;
  isPaused(): boolean;
  /** Resolves when it has stopped dead at its step, never where it does not. */
  readonly paused: Promise<void>;
  /** How it ended; undefined while it runs. */
  ending(): { readonly code: number | null; readonly signal: string | null } | undefined;
  /** Undefined where it does not answer. */
  health(): Promise<HealthAnswer | undefined>;
  kill(): Promise<void>;
  /** SIGTERM. @returns how long it took to end, and the exit code */
  stop(): Promise<{ readonly tookMs: number; readonly code: number | null }>;
  /** Resolves when it has ended by itself. */
  readonly ended: Promise<unknown>;
}

export interface StartOptions {
  readonly config: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Each step that is reached, when it is traced. */
  readonly onStep?: (step: string) => void;
  /** Put before the program: another user, a limit. */
  readonly wrapper?: readonly string[];
}

export function startProcessor(options: StartOptions): ProcessorProcess {
  const words = [...(options.wrapper ?? []), process.execPath, PROGRAM, 'serve', '--config'];
  words.push(options.config);
  const [command = '', ...args] = words;
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', ...options.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: LogLine[] = [];
  const other: string[] = [];
  let isPaused = false;
  let tellPaused = (): void => {};
  const paused = new Promise<void>((resolve) => (tellPaused = resolve));
  let url: string | undefined;
  let ending: { code: number | null; signal: string | null } | undefined;
  createInterface({ input: child.stderr }).on('line', (line) => {
    const read = readLine(line);
    if (read === undefined) return void other.push(line);
    if (read.event === 'step') return options.onStep?.(String(read['step']));
    if (read.event === 'paused') {
      isPaused = true;
      tellPaused();
    }
    if (read.event === 'serving') url = String(read['url']);
    if (lines.length < LINES_MAX) lines.push(read);
    return undefined;
  });
  // `close`: all that it wrote has been read.
  const ended = once(child, 'close').then(([code, signal]) => {
    ending = { code: code as number | null, signal: signal as string | null };
  });
  return {
    lines,
    text: () => other.join('\n'),
    isPaused: () => isPaused,
    paused,
    ending: () => ending,
    ended,
    async health() {
      if (url === undefined || isPaused || ending !== undefined) return undefined;
      try {
        const signal = AbortSignal.timeout(ASK_TIMEOUT_MS);
        return (await (await fetch(`${url}/readyz`, { signal })).json()) as HealthAnswer;
      } catch {
        return undefined;
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      const startMs = performance.now();
      child.kill('SIGTERM');
      await ended;
      return { tookMs: performance.now() - startMs, code: ending?.code ?? null };
    },
  };
}

function readLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}
