/**
 * Two processors as child processes, for runs whose scenario says so. It starts the program by its
 * path: what is tried is the program as others start it, not its modules. Children never outlive
 * this process, unless that is killed without being asked.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { UsageError } from '@priolab/harness';
import type { ProcessorProcesses, RunningProcessor } from '@priolab/harness';
import type { ProcessorRole } from '@priolab/roles';

const PROGRAM = fileURLToPath(new URL('../../processor/bin/priolab-processor.js', import.meta.url));
const STOP_MS = 10_000;
const LINES_KEPT = 5;
const LINE_LENGTH_MAX = 400;

/** What the log of a processor says; any other line is of Node or a bug. */
interface LogLine {
  readonly level?: unknown;
  readonly event?: unknown;
  readonly task?: unknown;
}

interface Said {
  readonly settled: Set<string>;
  isServing: boolean;
  readonly last: string[];
  readonly complaints: string[];
}

export interface ProcessorProcessesOptions {
  /** Of the processors, beside that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long one may take to end what it has begun: 10 s. */
  readonly stopMs?: number;
}

export function createProcessorProcesses(
  options: ProcessorProcessesOptions = {},
): ProcessorProcesses {
  return {
    pause: (ms) => pause(ms),
    start: (role, configFile) => start(role, configFile, options),
  };
}

async function start(
  role: ProcessorRole,
  configFile: string,
  { environment = {}, stopMs = STOP_MS }: ProcessorProcessesOptions,
): Promise<RunningProcessor> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--config', configFile], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
    // Ctrl-C goes to this process alone, which then stops its children in order.
    detached: true,
  });
  const said: Said = { settled: new Set(), isServing: false, last: [], complaints: [] };
  let end: string | undefined;
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.on('exit', killAtExit);
  const ended = new Promise<void>((resolve) => {
    const onEnd = (how: string): void => {
      end ??= [how, ...said.last].join('\n    ');
      process.off('exit', killAtExit);
      resolve();
    };
    child.once('error', (error) => onEnd(error.message));
    child.once('close', (code, signal) => onEnd(`exit code ${code ?? signal}`));
  });
  const serving = listen(child, join(dirname(configFile), `${role}.log`), said);
  await Promise.race([serving, ended]);
  if (!said.isServing) {
    await ended;
    const message = `the ${role}'s process did not start: ${end}`;
    throw new UsageError('deployment', [{ path: 'deployment', message }]);
  }
  return {
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

/** Follows what a processor says, and keeps it. Resolves when it serves, or has nothing to say. */
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

function note(line: string, said: Said): void {
  const { level, event, task } = parseLine(line);
  const isSettled = event === 'task-done' || event === 'task-rejected';
  if (isSettled && typeof task === 'string') said.settled.add(task);
  if (event === 'serving') said.isServing = true;
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
