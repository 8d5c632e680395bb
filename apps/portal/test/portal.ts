/**
 * A portal over buckets in memory, with processors that sign whatever a test wants, and a clock
 * that the test moves. For tests.
 */

import { onTestFinished } from 'vitest';

import { KeyPair, createSeedTree, fillScalars, sha256 } from '@priolab/crypto';
import type { ProcessorRole } from '@priolab/roles';
import {
  createBatchSigner,
  createBatchVerifier,
  encodeContainer,
  records,
  sealHeader,
  sumPartPath,
} from '@priolab/roles/enpa';
import type { SumPart, SumPartName } from '@priolab/roles/enpa';
import { createMemoryStore, createVirtualClock } from '@priolab/runtime';
import type { VirtualClock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';
import type { HttpRequest } from '@priolab/runtime/http';
import type { Fields } from '@priolab/service';

import { createPortalService } from '../src/index.ts';
import type { PortalService, PortalServiceOptions } from '../src/index.ts';

export const PRIME = 4_293_918_721;
export const START = Date.UTC(2021, 11, 16);
export const HOUR = 3_600_000;
export const PATIENCE_MS = 24 * HOUR;
const ROLES = ['leader', 'helper'] as const;

/** What both processors sum in one window. */
export interface Window {
  readonly instance?: string;
  readonly aggregation?: string;
  readonly start?: number;
  readonly end?: number;
  readonly totals?: readonly number[];
  readonly clients?: number;
  readonly epsilon?: number;
  readonly batches?: readonly string[];
  readonly invalid?: readonly string[];
}

export const NOTIFICATION = 'com.apple.EN.UserNotification';

export interface Bench {
  readonly portal: PortalService;
  readonly clock: VirtualClock;
  readonly logged: { readonly level: string; readonly event: string; readonly fields: Fields }[];
  readonly stores: Readonly<Record<ProcessorRole, ReturnType<typeof createMemoryStore>>>;
  /** Writes a window's sum parts, or only one side's, as another part of the header says. */
  sum(window: Window, change?: Change): Promise<void>;
  /** A key for these localities. */
  keyFor(...localities: string[]): Promise<string>;
  get(target: string, key?: string, more?: Partial<HttpRequest>): Promise<Answer>;
}

export interface Change {
  readonly only?: ProcessorRole;
  readonly leader?: Partial<SumPart>;
  readonly helper?: Partial<SumPart>;
  /** Whose key signs for the helper. */
  readonly signer?: 'stranger';
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The document, where it is one. */
  readonly json: Record<string, unknown>;
}

export async function createBench(
  options: Partial<PortalServiceOptions> & { readonly url?: string } = {},
): Promise<Bench> {
  const { url = 'sqlite::memory:', ...more } = options;
  const clock = createVirtualClock(START + 8 * HOUR);
  const stores = { leader: createMemoryStore(clock), helper: createMemoryStore(clock) };
  const logged: Bench['logged'] = [];
  const portal = await createPortalService({
    clock,
    database: await openDatabase(url),
    log: (level, event, fields = {}) => void logged.push({ level, event, fields }),
    sources: {
      leader: { store: stores.leader, verifier: verifiers.leader },
      helper: { store: stores.helper, verifier: verifiers.helper },
    },
    policy: { clientsMin: 0, suppressBelow: 0, patienceMs: PATIENCE_MS },
    recheckMs: 0,
    ...more,
  });
  onTestFinished(() => portal.close());
  return {
    portal,
    clock,
    logged,
    stores,
    async sum(window, change = {}) {
      for (const role of ROLES) {
        if (change.only !== undefined && change.only !== role) continue;
        for (const [key, bytes] of objectsOf(role, window, change)) {
          await stores[role].put(key, bytes, { overwrite: true });
        }
      }
    },
    async keyFor(...localities) {
      const { key } = await portal.addKey({ authority: localities.join(' '), localities });
      return key;
    },
    get: (target, key, request) => ask(portal, target, key, request),
  };
}

export async function ask(
  portal: Pick<PortalService, 'http'>,
  target: string,
  key?: string,
  more: Partial<HttpRequest> = {},
): Promise<Answer> {
  const {
    status,
    headers = {},
    body,
  } = await portal.http.respond({
    method: 'GET',
    target,
    headers: key === undefined ? {} : { 'x-api-key': key },
    remote: '192.0.2.1',
    body: new Uint8Array(0),
    signal: new AbortController().signal,
    ...more,
  });
  // As whoever sends it does.
  const text = more.method === 'HEAD' ? '' : await textOf(body);
  const isJson = headers['content-type']?.includes('json') === true && text !== '';
  const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status, headers, text, json };
}

async function textOf(body: string | Uint8Array | AsyncIterable<string> = ''): Promise<string> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  let text = '';
  for await (const piece of body) text += piece;
  return text;
}

export const keys = {
  leader: keyPair('leader'),
  helper: keyPair('helper'),
  stranger: keyPair('stranger'),
};

const verifiers = {
  leader: createBatchVerifier(new Map([['leader-1', keys.leader.publicKey]])),
  helper: createBatchVerifier(new Map([['helper-1', keys.helper.publicKey]])),
};

function keyPair(label: string): KeyPair {
  const bytes = new Uint8Array(32);
  const packed = { bytes, offset: 0, stride: 32 };
  fillScalars(createSeedTree('portal tests').child(label), new Uint32Array(1), 1, packed);
  return new KeyPair(bytes);
}

export const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export function objectsOf(
  role: ProcessorRole,
  window: Window,
  change: Change,
): [string, Uint8Array][] {
  const { instance = 'us-wa-apple', aggregation = NOTIFICATION, start = START } = window;
  const { end = start + 8 * HOUR, totals = [64_487, 44, 20, 22, 22], clients = 64_534 } = window;
  const { epsilon = 8, batches = [uuid(1), uuid(2)], invalid = [] } = window;
  const name: SumPartName = { instance, aggregation, start, end };
  const paths = sumPartPath(name, role === 'leader' ? 0 : 1);
  const form = { sync: new Uint8Array(16) };
  const packets =
    invalid.length === 0
      ? new Uint8Array(0)
      : encodeContainer(
          records.invalidPacket,
          invalid.map((one) => ({ uuid: one })),
          form,
        );
  const share = (total: number, bin: number): number => {
    const mask = (bin * 2_654_435_761 + 12_345) % PRIME;
    return role === 'leader' ? mask : (total - mask + PRIME) % PRIME;
  };
  const part: SumPart = {
    batchUuids: batches,
    name: aggregation,
    bins: totals.length,
    epsilon,
    prime: PRIME,
    numberOfServers: 2,
    hammingWeight: null,
    sum: totals.map(share),
    aggregationStartTime: start,
    aggregationEndTime: end,
    packetFileDigest: sha256(packets),
    totalIndividualClients: clients,
    ...change[role],
  };
  const signs = role === 'helper' && change.signer !== undefined ? change.signer : role;
  const signer = createBatchSigner({ keyId: `${role}-1`, keyPair: keys[signs] });
  const sealed = sealHeader(records.sumPart, part, signer, form);
  const list: [string, Uint8Array][] = [
    [paths.header, sealed.header],
    [paths.signature, sealed.signature],
  ];
  return packets.length === 0 ? list : [[paths.packets, packets], ...list];
}
