/**
 * The portal as a service in one process: pairs sum parts, settles windows by its policy, and
 * answers authorities over one HTTP handler, which a socket, an interceptor or a caller can use.
 */

import type { Clock } from '@priolab/runtime';
import type { Database } from '@priolab/runtime/database';
import type { HttpService } from '@priolab/runtime/http';
import type { Log } from '@priolab/service';

import { createFailures } from './api/failures.ts';
import { createListeners } from './api/listeners.ts';
import { createPageFiles } from './api/page.ts';
import type { Assets } from './api/page.ts';
import { createRouter } from './api/router.ts';
import type { RouterParts } from './api/router.ts';
import type { Policy, Result } from './result/result.ts';
import { resultOf } from './scan/finished.ts';
import type { FinishedCell } from './scan/finished.ts';
import { createScan } from './scan/scan.ts';
import type { ScanReport, SumSources } from './scan/scan.ts';
import { createAudit } from './state/audit.ts';
import type { Audit } from './state/audit.ts';
import { createChanges } from './state/changes.ts';
import { createKeyRing } from './state/keys.ts';
import type { KeyRow, NewKey } from './state/keys.ts';
import { createResultState } from './state/results.ts';
import type { Stored } from './state/results.ts';
import { createPortalTables } from './state/tables.ts';

export interface PortalLimits {
  /** Results, and bins of them, in one answer. */
  readonly resultsMax: number;
  readonly binsMax: number;
  readonly listenersMax: number;
  readonly listenersPerKey: number;
  readonly failuresPerMinute: number;
}

export interface PortalServiceOptions {
  readonly clock: Clock;
  /** Closed with the service. */
  readonly database: Database;
  readonly log: Log;
  /** Where sum parts are; left out: only what is put in. */
  readonly sources?: SumSources;
  readonly policy: Policy;
  /** 64 hex digits by instance, where records shall not show a digest of the parameters. */
  readonly providerVersions?: ReadonlyMap<string, string>;
  /** The page's files, by path. */
  readonly assets?: Assets;
  readonly limits?: Partial<PortalLimits>;
  /** How often settled windows are looked at again for parts that changed: 1 h. */
  readonly recheckMs?: number;
  /** How often a listener hears that the stream is alive: 15 s. */
  readonly heartbeatMs?: number;
  readonly onAnswer?: RouterParts['onAnswer'];
  /** Compares digests of keys; for tests that look whether it is used. */
  readonly compare?: (a: Uint8Array, b: Uint8Array) => boolean;
}

export interface PortalService {
  readonly http: HttpService;
  /** One look through the buckets. @throws TransportError */
  scan(): Promise<ScanReport>;
  /** Results of a simulation that is over. @returns how many are new */
  putResults(cells: readonly FinishedCell[]): Promise<number>;
  /** @returns the key, which is shown once and not stored */
  addKey(key: NewKey): Promise<{ readonly id: string; readonly key: string }>;
  /** Ends also what is listened to with it. @returns false where there is no such key */
  revokeKey(id: string): Promise<boolean>;
  listKeys(): Promise<KeyRow[]>;
  /** For operators: all localities, with details, the newest first. */
  listResults(limit: number): Promise<Result[]>;
  readonly audit: Pick<Audit, 'read' | 'forget'>;
  readonly listenerCount: () => number;
  close(): Promise<void>;
}

export const DEFAULT_LIMITS: PortalLimits = {
  resultsMax: 10_000,
  binsMax: 500_000,
  listenersMax: 200,
  listenersPerKey: 16,
  failuresPerMinute: 30,
};

const EMPTY: ScanReport = {
  looked: 0,
  waiting: 0,
  unreadable: 0,
  stored: { published: 0, suppressed: 0, held: 0, same: 0, conflict: 0 },
};

/** @throws TransportError where the database can't be used */
export async function createPortalService(options: PortalServiceOptions): Promise<PortalService> {
  const { clock, database, log, sources, policy } = options;
  await createPortalTables(database);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const audit = createAudit(database, clock);
  const results = createResultState(database, clock, audit);
  const keys = createKeyRing(database, clock, options.compare);
  const listeners = createListeners(
    {
      listenersMax: limits.listenersMax,
      perKeyMax: limits.listenersPerKey,
      heartbeatMs: options.heartbeatMs ?? 15_000,
    },
    (id) => keys.isGood(id).catch(() => false),
  );
  const changes = createChanges(results, listeners, clock.nowMs());
  const { providerVersions = new Map<string, string>(), recheckMs = 3_600_000 } = options;
  const scan =
    sources === undefined
      ? async () => EMPTY
      : createScan({ clock, log, sources, results, policy, providerVersions, recheckMs });
  const http = createRouter({
    counter: { results, audit, listeners, policy, limits },
    keys,
    failures: createFailures({
      perSource: limits.failuresPerMinute,
      inAll: 20 * limits.failuresPerMinute,
      sourcesMax: 10_000,
    }),
    page: createPageFiles(options.assets ?? new Map()),
    clock,
    log,
    onAnswer: options.onAnswer ?? (() => {}),
  });
  /** One look at a time. */
  let last: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;
  return {
    http,
    scan() {
      const look = last.then(async () => {
        const report = await scan();
        await changes.tell();
        return report;
      });
      last = look.catch(() => {});
      return look;
    },
    async putResults(cells) {
      let count = 0;
      for (const result of cells.map((cell) => resultOf(cell, policy))) {
        const fate: Stored = await results.store(result);
        if (fate !== 'same') count += 1;
      }
      await changes.tell();
      return count;
    },
    async addKey(key) {
      const added = await keys.add(key);
      const { authority, localities, expiresMs } = key;
      const what = { localities: [...localities], expiresMs: expiresMs ?? null };
      const keyId = added.id;
      await audit.write({ action: 'key-add', outcome: 'added', keyId, authority, what });
      return added;
    },
    async revokeKey(id) {
      const isThere = await keys.revoke(id);
      listeners.close(id);
      const outcome = isThere ? 'revoked' : 'no-such-key';
      const keyId = isThere ? id : undefined;
      await audit.write({ action: 'key-revoke', outcome, keyId, what: {} });
      return isThere;
    },
    listKeys: () => keys.list(),
    listResults: (limit) => results.list(limit),
    audit,
    listenerCount: () => listeners.count,
    close() {
      listeners.close();
      closed ??= last.then(() => database.close());
      return closed;
    },
  };
}
