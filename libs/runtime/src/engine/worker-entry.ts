/**
 * What a worker thread starts with: a bundle of the worker and its program, because a loader of
 * TypeScript in each thread would cost it half a second.
 */

import { bundle } from '@priolab/bundle';

export interface WorkerEntry {
  /** The module that the thread starts with. */
  readonly worker: URL;
  readonly program: URL;
}

const entries = new Map<string, Promise<WorkerEntry>>();

/** For the program at an address; made once a process. */
export function workerEntry(program: URL): Promise<WorkerEntry> {
  const known = entries.get(program.href) ?? makeEntry(program);
  entries.set(program.href, known);
  // What failed is tried again: the file may be whole by then.
  known.catch(() => entries.delete(program.href));
  return known;
}

async function makeEntry(program: URL): Promise<WorkerEntry> {
  const folder = await bundle({ worker: new URL('./worker.ts', import.meta.url), program });
  return { worker: new URL('worker.js', folder), program: new URL('program.js', folder) };
}
