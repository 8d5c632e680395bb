/**
 * The configuration of a portal: where both processors' sums are and who signs them, by which
 * policy results are published, and where it listens. Relative paths begin at the file's folder.
 * Source: ENPA sections 1.7, 6.6 (manifests), 10 point 4.
 */

import { dirname, resolve } from 'node:path';

import type { ProcessorRole } from '@priolab/roles';
import {
  inFolder,
  readAddress,
  readDocument,
  readHost,
  readTrustedProxies,
} from '@priolab/service';
import type { Address, JsonNode } from '@priolab/service';

import type { Policy } from './result/result.ts';
import { DEFAULT_LIMITS } from './service.ts';
import type { PortalLimits } from './service.ts';

export interface SumsConfig {
  /** A folder or `s3://region/bucket[/prefix]`. */
  readonly bucket: string;
  /** Paths or https URLs of the processor's manifests, one for all or for each instance. */
  readonly manifests: readonly string[];
}

export interface PortalConfig {
  readonly sums: Readonly<Record<ProcessorRole, SumsConfig>>;
  /** `sqlite:PATH` or `postgres://...`. */
  readonly state: string;
  readonly policy: Policy;
  readonly limits: PortalLimits;
  readonly providerVersions: ReadonlyMap<string, string>;
  readonly scanEveryMs: number;
  readonly manifestsEveryMs: number;
  readonly recheckMs: number;
  readonly auditKeepMs: number;
  /** For authorities; proxies by addresses or ranges. */
  readonly listen: Address & { readonly trustedProxies: readonly string[] };
  /** For operators: health and metrics; undefined: no port. */
  readonly operators: Address | undefined;
  /** A file that holds the time (ISO 8601), for rehearsals; left out: the machine's clock. */
  readonly clockFile: string | undefined;
}

const DEFAULTS = {
  scanEverySeconds: 60,
  manifestsEverySeconds: 300,
  recheckSeconds: 3600,
  auditKeepSeconds: 730 * 86_400,
};

/** No value of production is public. */
const CLIENTS_MIN = 100;
const PATIENCE_SECONDS = 2 * 86_400;
const SECONDS_MAX = 10 * 366 * 86_400;
const PLACE = /^[^\0]{1,1024}$/;
const INSTANCE = /^[a-z0-9][a-z0-9-]{0,62}$/;
const VERSION = /^[0-9a-f]{64}$/;

/** @throws UsageError with every problem, under the file's name */
export function readConfig(file: string): PortalConfig {
  const folder = dirname(resolve(file));
  return readDocument(file, (root) => parseConfig(root, folder));
}

function parseConfig(root: JsonNode, folder: string): PortalConfig {
  const node = root.members(
    'format', 'sums', 'state', 'policy', 'limits', 'providerVersions', 'schedule', 'listen',
    'operators', 'clockFile',
  ); // prettier-ignore
  node.format.integer(1, 1);
  const place = (one: JsonNode): string => inFolder(folder, one.text(PLACE, 'a path or URL'));
  const sums = node.sums.members('leader', 'helper');
  const allowed = 'sqlite:PATH or postgres://...';
  // It may hold a password: no message shows it.
  const state = node.state.secret(/^(sqlite:|postgres(ql)?:\/\/)./, allowed);
  return {
    sums: { leader: readSums(sums.leader, place), helper: readSums(sums.helper, place) },
    state: state.startsWith('sqlite:') ? `sqlite:${inFolder(folder, state.slice(7))}` : state,
    policy: readPolicy(node.policy),
    limits: readLimits(node.limits),
    providerVersions: new Map(node.providerVersions.present ? readVersions(node) : []),
    ...readSchedule(node.schedule),
    listen: readListen(node.listen),
    operators: node.operators.present ? readAddress(node.operators) : undefined,
    clockFile: node.clockFile.present ? place(node.clockFile) : undefined,
  };
}

function readListen(node: JsonNode): PortalConfig['listen'] {
  const { host, port, trustedProxies } = node.members('host', 'port', 'trustedProxies');
  return {
    host: readHost(host),
    port: port.integer(0, 65_535),
    trustedProxies: readTrustedProxies(trustedProxies),
  };
}

function readSums(node: JsonNode, place: (one: JsonNode) => string): SumsConfig {
  const { bucket, manifests } = node.members('bucket', 'manifests');
  return { bucket: place(bucket), manifests: manifests.items(1, 100).map(place) };
}

function readVersions({ providerVersions }: { readonly providerVersions: JsonNode }) {
  return providerVersions
    .entries(INSTANCE, 'an instance such as us-wa-apple')
    .map(([name, one]) => [name, one.text(VERSION, '64 lower-case hex digits')] as const);
}

function readPolicy(node: JsonNode): Policy {
  if (!node.present) {
    return { clientsMin: CLIENTS_MIN, suppressBelow: 0, patienceMs: 1000 * PATIENCE_SECONDS };
  }
  const { clientsMin, suppressBelow, patienceSeconds } = node.members(
    'clientsMin',
    'suppressBelow',
    'patienceSeconds',
  );
  const seconds = patienceSeconds.present
    ? patienceSeconds.number(0, SECONDS_MAX)
    : PATIENCE_SECONDS;
  return {
    clientsMin: clientsMin.present ? clientsMin.integer(0, 2 ** 31) : CLIENTS_MIN,
    suppressBelow: suppressBelow.present ? suppressBelow.integer(0, 2 ** 31) : 0,
    patienceMs: Math.round(1000 * seconds),
  };
}

function readLimits(node: JsonNode): PortalLimits {
  const names = Object.keys(DEFAULT_LIMITS) as (keyof PortalLimits)[];
  const given = node.present ? node.members(...names) : undefined;
  const read = (name: keyof PortalLimits): number =>
    given?.[name].present === true ? given[name].integer(1, 10_000_000) : DEFAULT_LIMITS[name];
  return Object.fromEntries(names.map((name) => [name, read(name)])) as unknown as PortalLimits;
}

function readSchedule(node: JsonNode) {
  const names = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[];
  const given = node.present ? node.members(...names) : undefined;
  const ms = (name: keyof typeof DEFAULTS): number => {
    const one = given?.[name];
    return Math.round(
      1000 * (one?.present === true ? one.number(0.01, SECONDS_MAX) : DEFAULTS[name]),
    );
  };
  return {
    scanEveryMs: ms('scanEverySeconds'),
    manifestsEveryMs: ms('manifestsEverySeconds'),
    recheckMs: ms('recheckSeconds'),
    auditKeepMs: ms('auditKeepSeconds'),
  };
}
