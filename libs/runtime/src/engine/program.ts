/**
 * Loads the program module of a job and creates its runner; in this thread or in a worker.
 */

import type { CreateShardRunner, ShardRunner } from './engine.ts';

/** A program module as it was imported: it may lack what it should export. */
export interface Program {
  readonly createShardRunner?: CreateShardRunner<unknown, unknown>;
}

export async function importProgram(programUrl: string): Promise<Program> {
  return (await import(/* @vite-ignore */ programUrl)) as Program;
}

/** @throws TypeError where the program exports no `createShardRunner` */
export function createRunner(program: Program, init: unknown): ShardRunner<unknown> {
  if (typeof program.createShardRunner !== 'function') {
    throw new TypeError('the program module exports no function createShardRunner');
  }
  return program.createShardRunner(init);
}
