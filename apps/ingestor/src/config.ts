/**
 * The configuration of one vendor's ingestor: its tasks by locality, where its batches go, whom it
 * trusts, and how much it takes on. Relative paths begin at the file's own folder.
 * Source: ENPA sections 7.1 (Google's project and rules), 6.7 (buckets).
 */

import { dirname, resolve } from 'node:path';

import type { BackendName } from '@priolab/crypto';
import { catalogueMetric, createTask, customMetric } from '@priolab/roles';
import type { Metric, ProcessorRole, Task, Vendor } from '@priolab/roles';
import {
  UsageError,
  inFolder,
  readAddress,
  readDocument,
  readHost,
  readTrustedProxies,
} from '@priolab/service';
import type { JsonNode } from '@priolab/service';

import { projectOf } from './service/firestore.ts';
import { DEFAULT_LIMITS } from './service/limits.ts';
import type { IngestorLimits } from './service/limits.ts';

export interface LocalityConfig {
  /** Such as `us-wa`. */
  readonly name: string;
  /** Firestore project, of Google. */
  readonly project: string;
  /** A folder or `s3://region/bucket[/prefix]` of each processor. */
  readonly buckets: Readonly<Record<ProcessorRole, string>>;
}

export interface AndroidConfig {
  readonly packageName: string;
  /** PEM files. */
  readonly roots: readonly string[];
  /** SHA-256 of the app's certificates. */
  readonly apkDigests: readonly Uint8Array[];
  readonly leafDates: 'check' | 'ignore';
  readonly softwareKeys: 'allow' | 'refuse';
  /** A file of serial numbers, lower-case hex, one a line. */
  readonly revoked: string | undefined;
}

export interface ListenConfig {
  readonly host: string;
  readonly port: number;
}

export interface IngestorConfig {
  readonly vendor: Vendor;
  readonly localities: readonly LocalityConfig[];
  readonly tasks: readonly Task[];
  readonly signingKey: { readonly id: string; readonly file: string };
  readonly packetKeyIds: Readonly<Record<ProcessorRole, string>> | undefined;
  readonly secret: string;
  readonly authorityKey: string | undefined;
  readonly android: AndroidConfig | undefined;
  /** `sqlite:PATH` or `postgres://...`. */
  readonly state: string;
  readonly listen: ListenConfig & {
    readonly connectionsMax: number;
    readonly connectionsPerAddressMax: number;
    /** Whose body is being read or whose answer is not out. */
    readonly requestsMax: number;
    /** Bytes of their bodies that have come, all together. */
    readonly bodiesSizeMax: number;
    /** Addresses or ranges. */
    readonly trustedProxies: readonly string[];
  };
  readonly operators: ListenConfig | undefined;
  readonly batchEveryMs: number;
  readonly limits: IngestorLimits;
  readonly clockFile: string | undefined;
  readonly arithmetic: BackendName;
}

/** ENPA's widest metric has 1,344. */
const BINS_MAX = 16_384;
/** A country, and a part of it (ISO 3166-2). */
const LOCALITY = /^[a-z]{2}(-[a-z0-9]{1,3})?$/;
const AGGREGATION = /^(?!task-markers$)[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const PROJECT = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;
const PACKAGE = /^[A-Za-z][\w]*(\.[A-Za-z][\w]*)+$/;
const PLACE = /^[^\0]{1,1024}$/;
const KEY_ID = /^[\x21-\x7e]{1,256}$/;
const DAY_S = 86_400;

type Place = (node: JsonNode) => string;

/** @throws UsageError with every problem, under the file's name */
export function readConfig(file: string): IngestorConfig {
  const folder = dirname(resolve(file));
  return readDocument(file, (root) => parseConfig(root, folder));
}

function parseConfig(root: JsonNode, folder: string): IngestorConfig {
  const node = root.members(
    'format', 'vendor', 'localities', 'signingKey', 'packetKeyIds', 'secret', 'authorityKey',
    'android', 'state', 'listen', 'operators', 'batches', 'limits', 'clockFile', 'arithmetic',
  ); // prettier-ignore
  node.format.integer(1, 1);
  const place: Place = (one) => inFolder(folder, one.text(PLACE, 'a path or URL'));
  const vendor = node.vendor.oneOf('apple', 'google');
  const { localities, tasks } = readLocalities(node.localities, vendor, place);
  const signingKey = node.signingKey.members('id', 'file');
  // It may hold a password: no message shows it.
  const state = node.state.secret(
    /^(sqlite:|postgres(ql)?:\/\/)./,
    'sqlite:PATH or postgres://...',
  );
  return {
    vendor,
    localities,
    tasks,
    signingKey: {
      id: signingKey.id.text(KEY_ID, 'a key identifier'),
      file: place(signingKey.file),
    },
    packetKeyIds: optional(node.packetKeyIds, readKeyIds),
    secret: place(node.secret),
    ...readTrust(node.authorityKey, node.android, vendor, place),
    state: state.startsWith('sqlite:') ? `sqlite:${inFolder(folder, state.slice(7))}` : state,
    listen: readListen(node.listen),
    operators: optional(node.operators, readAddress),
    ...readAmounts(node.batches, node.limits),
    clockFile: optional(node.clockFile, place),
    arithmetic: optional(node.arithmetic, (one) => one.oneOf('wasm', 'node', 'noble')) ?? 'wasm',
  };
}

function optional<T>(node: JsonNode, read: (node: JsonNode) => T): T | undefined {
  return node.present ? read(node) : undefined;
}

function readLocalities(node: JsonNode, vendor: Vendor, place: Place) {
  const localities: LocalityConfig[] = [];
  const tasks: Task[] = [];
  for (const [name, one] of node.entries(LOCALITY, 'a country and state such as us-wa')) {
    const { buckets, project, aggregations } = one.members('buckets', 'project', 'aggregations');
    const { leader, helper } = buckets.members('leader', 'helper');
    if (project.present && vendor !== 'google') project.fail('nothing: projects are of google');
    localities.push({
      name,
      project: optional(project, (given) => given.text(PROJECT, 'a project')) ?? projectOf(name),
      buckets: { leader: place(leader), helper: place(helper) },
    });
    const allowed = 'letters, digits, ".", "_", "-"';
    for (const [id, given] of aggregations.entries(AGGREGATION, allowed)) {
      const task = readTask(given, { id, state: name, vendor });
      if (task !== undefined) tasks.push(task);
    }
  }
  const projects = localities.map(({ project }) => project);
  if (new Set(projects).size < projects.length) node.fail('a project of its own for each locality');
  return { localities, tasks };
}

function readTask(
  node: JsonNode,
  { id, state, vendor }: { readonly id: string; readonly state: string; readonly vendor: Vendor },
): Task | undefined {
  const { bins, epsilon, windowSeconds } = node.members('bins', 'epsilon', 'windowSeconds');
  const known = catalogueMetric(id);
  const width = bins.integer(1, BINS_MAX);
  const given = epsilon.number(0.01, 1000);
  const windowMs = 1000 * (optional(windowSeconds, (one) => one.integer(60, DAY_S)) ?? 8 * 3600);
  if ((DAY_S * 1000) % windowMs !== 0 || windowMs % 60_000 !== 0) {
    windowSeconds.fail('whole minutes, a divisor of the day');
  }
  if (known !== undefined && known.bins !== width) bins.fail(`${known.bins} for ${id}`);
  if (!AGGREGATION.test(id)) return undefined;
  const metric: Metric = known ?? customMetric({ id, bins: width, layout: 'k-hot' });
  return createTask({ metric, state, vendor, epsilon: given, windowMs });
}

function readKeyIds(node: JsonNode): Readonly<Record<ProcessorRole, string>> {
  const { leader, helper } = node.members('leader', 'helper');
  const read = (one: JsonNode): string => one.text(KEY_ID, 'a key identifier');
  return { leader: read(leader), helper: read(helper) };
}

function readTrust(authorityKey: JsonNode, android: JsonNode, vendor: Vendor, place: Place) {
  if (vendor === 'apple' && android.present) android.fail('nothing: documents are of google');
  if (vendor === 'apple' && !authorityKey.present) authorityKey.fail('a file with a public key');
  if (vendor === 'google' && !authorityKey.present && !android.present) {
    android.fail('android, authorityKey or both');
  }
  return {
    authorityKey: optional(authorityKey, place),
    android: optional(android, (node) => readAndroid(node, place)),
  };
}

function readAndroid(node: JsonNode, place: Place): AndroidConfig {
  const { packageName, roots, apkDigests, leafDates, softwareKeys, revoked } = node.members(
    'packageName', 'roots', 'apkDigests', 'leafDates', 'softwareKeys', 'revoked',
  ); // prettier-ignore
  return {
    packageName: packageName.text(PACKAGE, 'the name of a package'),
    roots: roots.items(1, 32).map(place),
    apkDigests: apkDigests.items(1, 32).map((one) => one.bytes('hex', 32)),
    leafDates: optional(leafDates, (one) => one.oneOf('check', 'ignore')) ?? 'check',
    softwareKeys: optional(softwareKeys, (one) => one.oneOf('allow', 'refuse')) ?? 'refuse',
    revoked: optional(revoked, place),
  };
}

function readListen(node: JsonNode): IngestorConfig['listen'] {
  const { host, port, bodiesMiB, trustedProxies, ...counts } = node.members(
    'host', 'port', 'connectionsMax', 'connectionsPerAddress', 'requestsMax', 'bodiesMiB',
    'trustedProxies',
  ); // prettier-ignore
  const count = (one: JsonNode): number => one.integer(1, 65_535);
  const connectionsMax = optional(counts.connectionsMax, count) ?? 1024;
  const requestsMax = optional(counts.requestsMax, count) ?? 512;
  // So that it takes four addresses to keep everybody else out.
  const quarter = Math.max(1, Math.floor(Math.min(connectionsMax, requestsMax) / 4));
  return {
    host: readHost(host),
    port: port.integer(0, 65_535),
    connectionsMax,
    connectionsPerAddressMax: optional(counts.connectionsPerAddress, count) ?? quarter,
    requestsMax,
    bodiesSizeMax: 2 ** 20 * (optional(bodiesMiB, (one) => one.integer(4, 65_536)) ?? 64),
    trustedProxies: readTrustedProxies(trustedProxies),
  };
}

function readAmounts(batches: JsonNode, limits: JsonNode) {
  const given = batches.present
    ? batches.members('everySeconds', 'reportsMax', 'reportsMin', 'holdSeconds', 'leaseSeconds')
    : undefined;
  const most = limits.present
    ? limits.members(
        'ageSeconds', 'skewSeconds', 'uploadsPerKey', 'failuresPerAddress', 'waiting', 'group',
        'retryAfterSeconds',
      ) // prettier-ignore
    : undefined;
  const ms = (node: JsonNode | undefined, min: number, otherwise: number): number =>
    node?.present === true ? Math.round(1000 * node.number(min, 30 * DAY_S)) : otherwise;
  const count = (node: JsonNode | undefined, max: number, otherwise: number): number =>
    node?.present === true ? node.integer(1, max) : otherwise;
  const base = DEFAULT_LIMITS;
  return {
    batchEveryMs: ms(given?.everySeconds, 0.01, 60_000),
    limits: {
      ...base,
      ageMsMax: ms(most?.ageSeconds, 60, base.ageMsMax),
      skewMsMax: ms(most?.skewSeconds, 0, base.skewMsMax),
      uploadsPerKeyMax: count(most?.uploadsPerKey, 60_000, base.uploadsPerKeyMax),
      failuresPerRemoteMax: count(most?.failuresPerAddress, 2 ** 31, base.failuresPerRemoteMax),
      waitingMax: count(most?.waiting, 65_536, base.waitingMax),
      groupMax: count(most?.group, 1024, base.groupMax),
      retryAfterMs: ms(most?.retryAfterSeconds, 1, base.retryAfterMs),
      batchReportsMax: count(given?.reportsMax, 1_000_000, base.batchReportsMax),
      batchReportsMin: count(given?.reportsMin, 1_000_000, base.batchReportsMin),
      holdMs: ms(given?.holdSeconds, 0, base.holdMs),
      leaseMs: ms(given?.leaseSeconds, 1, base.leaseMs),
    },
  };
}

/** One task of each locality, by name, for a message. */
export function describeTasks({ vendor, tasks }: IngestorConfig): string[] {
  return tasks.map(({ state, metric, epsilon, windowMs }) => {
    const hours = `${windowMs / 3_600_000} h`;
    return `${state}-${vendor}  ${metric.id}  ${metric.bins} bins, epsilon ${epsilon}, ${hours}`;
  });
}

/** @throws UsageError */
export function checkHasTasks(config: IngestorConfig): void {
  if (config.tasks.length === 0)
    throw new UsageError('localities: got no task, allowed: at least one');
}
