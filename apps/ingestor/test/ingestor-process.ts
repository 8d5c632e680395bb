/** The program as a child process, by its own log: where it listens, what it said, its end. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../bin/priolab-ingestor.js', import.meta.url));

export interface IngestorProcess {
  readonly pid: number;
  readonly url: string;
  readonly operators: string;
  readonly lines: readonly Record<string, unknown>[];
  /** Its exit code; null where a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export async function startIngestor(config: string): Promise<IngestorProcess> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: Record<string, unknown>[] = [];
  const serving = new Promise<Record<string, unknown>>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${JSON.stringify(lines)}`)));
    createInterface({ input: child.stderr! }).on('line', (text) => {
      const line = parseLine(text);
      // What a long load says line by line is not kept.
      if (lines.length < 1000) lines.push(line);
      if (line['event'] === 'serving') resolve(line);
    });
  });
  const { url, operators } = await serving;
  return {
    pid: child.pid!,
    url: url as string,
    operators: operators as string,
    lines,
    stop: (signal = 'SIGTERM') => end(child, signal),
  };
}

function parseLine(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { event: 'no-json', text };
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}
