/** The real command line, one process a call, in a folder of its own. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

const BIN = join(import.meta.dirname, '../bin/priolab-processor.js');
const GOLDEN = join(import.meta.dirname, 'golden');

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export type Json = { [key: string]: any };

export interface Workspace {
  readonly folder: string;
  path(name: string): string;
  write(name: string, content: unknown, mode?: number): void;
  read(name: string): Json;
  run(...args: readonly string[]): Outcome;
}

/** A folder that is removed when the test ends. */
export function createWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-processor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  return {
    folder,
    path,
    write(name, content, mode = 0o600) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      writeFileSync(path(name), text, { mode });
    },
    read: (name) => JSON.parse(readFileSync(path(name), 'utf8')) as Json,
    run(...args) {
      const child = spawnSync(process.execPath, [BIN, ...args], { cwd: folder, encoding: 'utf8' });
      return { code: child.status, out: child.stdout, err: child.stderr };
    },
  };
}

export function golden(name: string): Json {
  return JSON.parse(readFileSync(join(GOLDEN, name), 'utf8')) as Json;
}

/** A workspace with the golden keys and batches. */
export function goldenWorkspace(): Workspace {
  const workspace = createWorkspace();
  for (const role of ['leader', 'helper']) {
    workspace.write(`${role}-key.json`, golden(`${role}-key.json`));
    workspace.write(`${role}-batch.json`, golden(`${role}-batch.json`));
  }
  return workspace;
}

type Role = 'leader' | 'helper';

export function verify(workspace: Workspace, role: Role): Outcome {
  const files = ['--key', `${role}-key.json`, '--batch', `${role}-batch.json`];
  return workspace.run('verify', '--role', role, ...files, '--out', `${role}-verifier.json`);
}

export function aggregate(workspace: Workspace, role: Role): Outcome {
  const peer = role === 'leader' ? 'helper' : 'leader';
  const files = ['--key', `${role}-key.json`, '--batch', `${role}-batch.json`];
  const exchange = ['--peer', `${peer}-verifier.json`, '--out', `${role}-sum.json`];
  return workspace.run('aggregate', '--role', role, ...files, ...exchange);
}

export function combine(workspace: Workspace): Outcome {
  return workspace.run('combine', '--leader', 'leader-sum.json', '--helper', 'helper-sum.json');
}

/** All five steps; the outcome of each, in order. */
export function runAll(workspace: Workspace): Outcome[] {
  return [
    verify(workspace, 'leader'),
    verify(workspace, 'helper'),
    aggregate(workspace, 'leader'),
    aggregate(workspace, 'helper'),
    combine(workspace),
  ];
}
