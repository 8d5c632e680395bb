/**
 * API keys: `plab_<id>_<secret>`, 256 random bits, shown once. Stored is the SHA-256 of the whole
 * key; a key of so many bits needs no slow hash. A key is found by its id and its digest compared
 * in constant time, also where there is no such id, so that time tells nothing.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import type { Clock } from '@priolab/runtime';
import type { Database } from '@priolab/runtime/database';
import { UsageError } from '@priolab/service';

import { isLocality } from '../result/place.ts';

/** What may be done with a key. */
export interface Caller {
  readonly keyId: string;
  readonly authority: string;
  /** Such as `us-wa`; ascending. */
  readonly localities: readonly string[];
}

export type KeyFault = 'missing' | 'malformed' | 'unknown' | 'wrong' | 'expired' | 'revoked';

export type KeyVerdict =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly fault: KeyFault; readonly keyId?: string };

export interface KeyRow extends Caller {
  readonly createdMs: number;
  readonly expiresMs: number | undefined;
  readonly revokedMs: number | undefined;
}

export interface NewKey {
  readonly authority: string;
  readonly localities: readonly string[];
  readonly expiresMs?: number;
}

export interface KeyRing {
  /** @throws UsageError where authority, localities or expiry are no such thing */
  add(key: NewKey): Promise<{ readonly id: string; readonly key: string }>;
  /** @returns false where there is no such key; a key revoked before stays as it is */
  revoke(id: string): Promise<boolean>;
  /** @param key as it was sent; undefined: none was */
  check(key: string | undefined): Promise<KeyVerdict>;
  /** Whether a key that was good still is. */
  isGood(id: string): Promise<boolean>;
  list(): Promise<KeyRow[]>;
}

const KEY = /^plab_([0-9a-f]{16})_[0-9a-f]{64}$/;
/** A key, or part of one, wherever it does not belong. */
export const KEY_MARK = /plab_/i;
const AUTHORITY = /^[\p{L}\p{N}][\p{L}\p{N} .,'()&-]{0,99}$/u;
const LOCALITIES_MAX = 256;

/** @param compare for tests that look whether it is used */
export function createKeyRing(
  database: Database,
  clock: Clock,
  compare: (a: Uint8Array, b: Uint8Array) => boolean = timingSafeEqual,
): KeyRing {
  const decoy = randomBytes(32);
  const find = async (id: string): Promise<SqlRow | undefined> => {
    const [row] = await database.query<SqlRow>(`${SELECT} WHERE id = $1`, [id]);
    return row;
  };
  return {
    async add({ authority, localities, expiresMs }) {
      const sorted = checkNew({ authority, localities, expiresMs }, clock.nowMs());
      const id = randomBytes(8).toString('hex');
      const key = `plab_${id}_${randomBytes(32).toString('hex')}`;
      await database.execute(
        `INSERT INTO portal_key (id, authority, localities, digest, created_ms, expires_ms)
           VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          id,
          authority,
          JSON.stringify(sorted),
          digestOf(key).toString('hex'),
          Math.round(clock.nowMs()),
          expiresMs ?? null,
        ],
      );
      return { id, key };
    },
    async revoke(id) {
      const changed = await database.execute(
        'UPDATE portal_key SET revoked_ms = COALESCE(revoked_ms, $2) WHERE id = $1',
        [id, Math.round(clock.nowMs())],
      );
      return changed === 1;
    },
    async check(key) {
      if (key === undefined || key === '') return { ok: false, fault: 'missing' };
      const id = KEY.exec(key)?.[1];
      const row = id === undefined ? undefined : await find(id);
      const stored = row === undefined ? decoy : Buffer.from(row.digest, 'hex');
      const isSame = compare(digestOf(key), stored);
      if (id === undefined) return { ok: false, fault: 'malformed' };
      if (row === undefined) return { ok: false, fault: 'unknown' };
      if (!isSame) return { ok: false, fault: 'wrong', keyId: id };
      const fault = faultOf(row, clock.nowMs());
      if (fault !== undefined) return { ok: false, fault, keyId: id };
      return { ok: true, caller: callerOf(row) };
    },
    async isGood(id) {
      const row = await find(id);
      return row !== undefined && faultOf(row, clock.nowMs()) === undefined;
    },
    async list() {
      const rows = await database.query<SqlRow>(`${SELECT} ORDER BY created_ms, id`);
      return rows.map((row) => ({
        ...callerOf(row),
        createdMs: row.created_ms,
        expiresMs: row.expires_ms ?? undefined,
        revokedMs: row.revoked_ms ?? undefined,
      }));
    },
  };
}

const SELECT = `SELECT id, authority, localities, digest, created_ms, expires_ms, revoked_ms
  FROM portal_key`;

interface SqlRow {
  readonly id: string;
  readonly authority: string;
  readonly localities: string;
  readonly digest: string;
  readonly created_ms: number;
  readonly expires_ms: number | null;
  readonly revoked_ms: number | null;
}

function callerOf({ id, authority, localities }: SqlRow): Caller {
  return { keyId: id, authority, localities: JSON.parse(localities) as string[] };
}

function faultOf(row: SqlRow, nowMs: number): KeyFault | undefined {
  if (row.revoked_ms !== null) return 'revoked';
  return row.expires_ms !== null && nowMs >= row.expires_ms ? 'expired' : undefined;
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

function checkNew(
  { authority, localities, expiresMs }: { [K in keyof NewKey]: NewKey[K] | undefined },
  nowMs: number,
): string[] {
  if (!AUTHORITY.test(authority ?? '')) {
    throw new UsageError('authority: got another text, allowed: up to 100 letters, digits, spaces');
  }
  const sorted = [...new Set(localities)].sort();
  const odd = sorted.find((one) => !isLocality(one));
  if (odd !== undefined || sorted.length === 0 || sorted.length > LOCALITIES_MAX) {
    const got = odd === undefined ? `${sorted.length} of them` : JSON.stringify(odd.slice(0, 20));
    throw new UsageError(`localities: got ${got}, allowed: 1 to 256 such as us-wa or mn`);
  }
  if (expiresMs !== undefined && !(Number.isSafeInteger(expiresMs) && expiresMs > nowMs)) {
    throw new UsageError('expiry: got a time that is over or none, allowed: a time to come');
  }
  return sorted;
}
