/** Trying again what may work later, with growing pauses. */

import { TransportError } from '@priolab/runtime';
import type { Host, ObjectStore } from '@priolab/runtime';

export interface RetryPolicy {
  readonly firstMs: number;
  readonly factor: number;
  readonly atMostMs: number;
}

/** Pause before attempt `attempt` (the first is 0 and has none). */
export function pauseMs({ firstMs, factor, atMostMs }: RetryPolicy, attempt: number): number {
  return attempt === 0 ? 0 : Math.min(atMostMs, firstMs * factor ** (attempt - 1));
}

const STORE_POLICY: RetryPolicy = { firstMs: 1000, factor: 2, atMostMs: 60_000 };

/** A store whose operations are tried until they work, but for errors that trying can't mend. */
export function persistent(store: ObjectStore, host: Host): ObjectStore {
  const untilDone = async <T>(operation: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await operation();
      } catch (error) {
        if (!(error instanceof TransportError) || !error.retryable) throw error;
        await host.sleep(pauseMs(STORE_POLICY, attempt));
      }
    }
  };
  return {
    put: (key, bytes, options) => untilDone(() => store.put(key, bytes, options)),
    get: (key) => untilDone(() => store.get(key)),
    stat: (key) => untilDone(() => store.stat(key)),
    list: (prefix) => untilDone(() => store.list(prefix)),
    delete: (key) => untilDone(() => store.delete(key)),
  };
}
