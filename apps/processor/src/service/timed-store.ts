/** A store that tells how long each of its calls took, and whether it went well. */

import { monotonicMs } from '@priolab/runtime';
import type { StreamingStore } from '@priolab/runtime/stores';

import type { Metrics } from './metrics.ts';

export function timed(store: StreamingStore, metrics: Metrics): StreamingStore {
  const time = async <T>(endpoint: string, call: () => Promise<T>): Promise<T> => {
    const startMs = monotonicMs();
    let status = 'error';
    try {
      const answer = await call();
      status = 'ok';
      return answer;
    } finally {
      metrics.apiLatency('store', endpoint, status, monotonicMs() - startMs);
    }
  };
  return {
    put: (key, bytes, options) => time('put', () => store.put(key, bytes, options)),
    get: (key) => time('get', () => store.get(key)),
    stat: (key) => time('stat', () => store.stat(key)),
    list: (prefix) => time('list', () => store.list(prefix)),
    delete: (key) => time('delete', () => store.delete(key)),
    read: (key) => time('read', () => store.read(key)),
    write: (key, chunks, options) => time('write', () => store.write(key, chunks, options)),
  };
}
