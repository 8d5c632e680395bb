/**
 * Loads the program module of a job and creates its runner; in this thread or in a worker.
 */

import type { CreateShardRunner, ShardRunner } from './engine.ts';

/** Imports `programUrl` and creates its runner; throws where it exports no `createShardRunner`. */
export async function loadRunner(programUrl: string, init: unknown): Promise<ShardRunner<unknown>> {
  const program = (await import(/* @vite-ignore */ programUrl)) as {
    readonly createShardRunner?: CreateShardRunner<unknown, unknown>;
  };
  if (typeof program.createShardRunner !== 'function') {
    throw new TypeError('the program module exports no function createShardRunner');
  }
  return program.createShardRunner(init);
}
