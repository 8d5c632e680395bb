/**
 * Ingestors, processors and portal as child processes, for runs whose scenario says so. It starts
 * the programs by their paths: what is tried is the program as others start it, not its modules.
 * Children never outlive this process, unless that is killed without being asked.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { UsageError } from '@priolab/harness';
import type {
  DeployedPrograms,
  ProgramName,
  ProgramRequest,
  RunningProgram,
} from '@priolab/harness';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

const PROGRAMS: Readonly<Record<ProgramName, string>> = {
  processor: pathOf('processor/bin/priolab-processor.js'),
  ingestor: pathOf('ingestor/bin/priolab-ingestor.js'),
  portal: pathOf('portal/bin/priolab-portal.js'),
};
const STOP_MS = 10_000;
const LINES_KEPT = 5;
const LINE_LENGTH_MAX = 400;

/** What the log of a program says; any other line is of Node or a bug. */
interface LogLine {
  readonly level?: unknown;
  readonly event?: unknown;
  /** Of a processor: a task that it has to do. */
  readonly task?: unknown;
  /** Of a portal: a window of which it has a result. */
  readonly window?: unknown;
  readonly url?: unknown;
}

interface Said {
  readonly settled: Set<string>;
  isServing: boolean;
  url: string | undefined;
  readonly last: string[];
  readonly complaints: string[];
}

export interface DeployedProgramsOptions {
  /** Of the programs, beside that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long one may take to end what it has begun: 10 s. */
  readonly stopMs?: number;
}

export function createDeployedPrograms(options: DeployedProgramsOptions = {}): DeployedPrograms {
  return {
    start: (request) => start(request, options),
    run: (request) => runToEnd(request, options),
  };
}

async function start(
  { program, name, configFile }: ProgramRequest,
  { environment = {}, stopMs = STOP_MS }: DeployedProgramsOptions,
): Promise<RunningProgram> {
  const args = [PROGRAMS[program], 'serve', '--config', configFile];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
    // Ctrl-C goes to this process alone, which then stops its children in order.
    detached: true,
  });
  const said: Said = {
    settled: new Set(),
    isServing: false,
    url: undefined,
    last: [],
    complaints: [],
  };
  let end: string | undefined;
  const ended = endOf(child).then((how) => void (end = [how, ...said.last].join('\n    ')));
  const serving = listen(child, join(dirname(configFile), `${name}.log`), said);
  await Promise.race([serving, ended]);
  if (!said.isServing) {
    await ended;
    throw notUsable(`the ${name}'s process did not start: ${end}`);
  }
  return {
    url: said.url,
    ended: () => end,
    settledCount: () => said.settled.size,
    complaints: () => said.complaints,
    async stop() {
      if (end !== undefined) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function runToEnd(
  { program, name, configFile, args }: ProgramRequest & { readonly args: readonly string[] },
  { environment = {} }: DeployedProgramsOptions,
): Promise<string> {
  const all = [PROGRAMS[program], ...args, '--config', configFile];
  const child = spawn(process.execPath, all, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    detached: true,
  });
  const [output, errors, how] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    endOf(child),
  ]);
  if (how === 'exit code 0') return output;
  throw notUsable(`${name}: ${how}: ${errors.trim().slice(-LINE_LENGTH_MAX)}`);
}

function notUsable(message: string): UsageError {
  return new UsageError('deployment', [{ path: 'deployment', message }]);
}

/** How a child ends; it is ended with this process. */
function endOf(child: ChildProcess): Promise<string> {
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.on('exit', killAtExit);
  return new Promise((resolve) => {
    const onEnd = (how: string): void => {
      process.off('exit', killAtExit);
      resolve(how);
    };
    child.once('error', (error) => onEnd(error.message));
    child.once('close', (code, signal) => onEnd(`exit code ${code ?? signal}`));
  });
}

/** Follows what a program says, and keeps it. Resolves when it serves, or has nothing to say. */
function listen(child: ChildProcess, logFile: string, said: Said): Promise<void> {
  const log = createWriteStream(logFile);
  // A full disk is the run's trouble, which it will find by itself.
  log.on('error', () => {});
  return new Promise((resolve) => {
    const lines = createInterface({ input: child.stderr! });
    lines.on('line', (line) => {
      log.write(`${line}\n`);
      note(line, said);
      if (said.isServing) resolve();
    });
    lines.once('close', () => {
      log.end();
      resolve();
    });
  });
}

/** A window that waits for its other half has no result yet. */
const SETTLED = /^(task-(done|rejected)|window-(published|suppressed|held|conflict))$/;

function note(line: string, said: Said): void {
  const { level, event, task, window, url } = parseLine(line);
  const name = task ?? window;
  if (typeof event === 'string' && SETTLED.test(event) && typeof name === 'string') {
    said.settled.add(name);
  }
  if (event === 'serving') {
    said.isServing = true;
    said.url = typeof url === 'string' ? url : undefined;
  }
  if (level === 'debug' || line.trim() === '') return;
  keep(said.last, line);
  if (level === 'error') keep(said.complaints, line);
}

function keep(lines: string[], line: string): void {
  lines.push(line.slice(0, LINE_LENGTH_MAX));
  if (lines.length > LINES_KEPT) lines.shift();
}

function parseLine(line: string): LogLine {
  try {
    return (JSON.parse(line) as LogLine | null) ?? {};
  } catch {
    return {};
  }
}
