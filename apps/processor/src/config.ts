/**
 * The configuration of one processor: who it is, for which instances it works, where its buckets,
 * keys and peers are, and when it does what. Relative paths begin at the file's own folder.
 * Source: ENPA section 6.6 (manifests), 6.7 (flags and their production values).
 */

import { dirname, resolve } from 'node:path';

import { MAX_DIMENSION } from '@priolab/prio';
import type { ProcessorRole } from '@priolab/roles';
import { inFolder, readAddress, readDocument } from '@priolab/service';
import type { JsonNode } from '@priolab/service';

/** What the 2021 servers did and ours does when asked: `docs/interop.md` says what each means. */
export const LEGACY = [
  'count-invalid-proofs',
  'evaluate-unsafe-points',
  'newest-window-only',
  'peer-intersection',
  'per-batch-dedup',
  'poison-drops-batch',
  'trust-expired-keys',
] as const;
export type Legacy = (typeof LEGACY)[number];

export interface InstanceConfig {
  /** `{locality}-{ingestor}`, for example `us-wa-apple`. */
  readonly name: string;
  /** Where the ingestor writes for us: a path or `s3://region/bucket[/prefix]`. */
  readonly ingestion: string;
  /** Where the peer writes for us. */
  readonly validations: string;
  /** Path or https URL of the ingestor's manifest. */
  readonly ingestorManifest: string;
  /** Path or https URL of the peer's manifest for this instance; it names its bucket. */
  readonly peerManifest: string;
  /** Path or https URL of our own manifest, held against our keys at the start. */
  readonly ownManifest?: string;
  /** Aggregation names; left out: whatever is in the bucket. */
  readonly aggregations?: readonly string[];
}

export interface ScheduleConfig {
  /** Length of an aggregation window; windows are aligned to midnight UTC. */
  readonly aggregationPeriodMs: number;
  /** A window is summed this long after its end. */
  readonly graceMs: number;
  /** After that, how long a peer is waited for. */
  readonly peerPatienceMs: number;
  /** Batches whose time is longer ago are not looked at. */
  readonly intakeMaxAgeMs: number;
  /** How often buckets are looked through. */
  readonly scanEveryMs: number;
  /** How long a task is held before another worker may take it. */
  readonly leaseMs: number;
  /** Deliveries of a task before it is put aside. */
  readonly attemptsMax: number;
  /** How often manifests are read again. */
  readonly manifestsEveryMs: number;
  /** How long what is known of single reports is kept after a window is closed. */
  readonly keepMs: number;
}

export interface ProcessorConfig {
  readonly role: ProcessorRole;
  readonly instances: readonly InstanceConfig[];
  /** Path or https URL of the portal's manifest; it names the buckets of sum parts. */
  readonly portalManifest: string;
  readonly signingKey: { readonly id: string; readonly file: string };
  /** Key files, tried in this order. */
  readonly packetKeys: readonly string[];
  /** `sqlite:PATH` or `postgres://...`. */
  readonly state: string;
  readonly schedule: ScheduleConfig;
  /** Wider batches are refused. */
  readonly binsMax: number;
  /** What the peer is: of our kind, both agree on the batches of a window before they sum. */
  readonly peer: 'priolab' | 'prio-server';
  readonly legacy: ReadonlySet<Legacy>;
  /** Validations as one object each, header and packets inside the signature's. */
  readonly singleObjectValidations: boolean;
  readonly listen: { readonly host: string; readonly port: number } | undefined;
  /** A file that holds the time (ISO 8601), for rehearsals; left out: the machine's clock. */
  readonly clockFile: string | undefined;
  /** `simulation` is faster; how long it takes depends on the keys, so it is for test keys. */
  readonly arithmetic: 'service' | 'simulation';
}

const DEFAULTS = {
  aggregationPeriodSeconds: 8 * 3600,
  graceSeconds: 4 * 3600,
  peerPatienceSeconds: 24 * 3600,
  intakeMaxAgeSeconds: 7 * 86_400,
  scanEverySeconds: 60,
  leaseSeconds: 600,
  attemptsMax: 5,
  manifestsEverySeconds: 300,
  keepSeconds: 14 * 86_400,
};

/** ENPA's widest metric has 1,344. */
const BINS_MAX = 16_384;
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const AGGREGATION = /^(?!task-markers$)[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const PLACE = /^[^\0]{1,1024}$/;
const KEY_ID = /^[\x21-\x7e]{1,256}$/;

/** @throws UsageError with every problem, under the file's name */
export function readConfig(file: string): ProcessorConfig {
  const folder = dirname(resolve(file));
  return readDocument(file, (root) => parseConfig(root, folder));
}

function parseConfig(root: JsonNode, folder: string): ProcessorConfig {
  const node = root.members(
    'format', 'role', 'instances', 'portalManifest', 'signingKey', 'packetKeys', 'state',
    'schedule', 'binsMax', 'peer', 'legacy', 'singleObjectValidations', 'listen', 'clockFile',
    'arithmetic',
  ); // prettier-ignore
  node.format.integer(1, 1);
  const place = (one: JsonNode): string => inFolder(folder, one.text(PLACE, 'a path or URL'));
  const signingKey = node.signingKey.members('id', 'file');
  const allowed = 'sqlite:PATH or postgres://...';
  // It may hold a password: no message shows it.
  const state = node.state.secret(/^(sqlite:|postgres(ql)?:\/\/)./, allowed);
  return {
    role: node.role.oneOf('leader', 'helper'),
    instances: node.instances
      .entries(NAME, 'lower-case letters, digits, "-"')
      .map(([name, one]) => readInstance(name, one, place)),
    portalManifest: place(node.portalManifest),
    signingKey: {
      id: signingKey.id.text(KEY_ID, 'a key identifier'),
      file: place(signingKey.file),
    },
    packetKeys: node.packetKeys.items(1, 32).map(place),
    state: state.startsWith('sqlite:') ? `sqlite:${inFolder(folder, state.slice(7))}` : state,
    schedule: readSchedule(node.schedule),
    binsMax: node.binsMax.present ? node.binsMax.integer(1, MAX_DIMENSION) : BINS_MAX,
    peer: node.peer.present ? node.peer.oneOf('priolab', 'prio-server') : 'priolab',
    legacy: new Set(
      node.legacy.present
        ? node.legacy.items(0, LEGACY.length).map((one) => one.oneOf(...LEGACY))
        : [],
    ),
    singleObjectValidations: node.singleObjectValidations.present
      ? node.singleObjectValidations.boolean()
      : false,
    listen: node.listen.present ? readAddress(node.listen) : undefined,
    clockFile: node.clockFile.present ? place(node.clockFile) : undefined,
    arithmetic: node.arithmetic.present
      ? node.arithmetic.oneOf('service', 'simulation')
      : 'service',
  };
}

function readInstance(
  name: string,
  node: JsonNode,
  place: (one: JsonNode) => string,
): InstanceConfig {
  const { ingestion, validations, ingestorManifest, peerManifest, ...further } = node.members(
    'ingestion', 'validations', 'ingestorManifest', 'peerManifest', 'ownManifest', 'aggregations',
  ); // prettier-ignore
  const { ownManifest, aggregations } = further;
  const allowed = 'letters, digits, ".", "_", "-"';
  return {
    name,
    ingestion: place(ingestion),
    validations: place(validations),
    ingestorManifest: place(ingestorManifest),
    peerManifest: place(peerManifest),
    ...(ownManifest.present ? { ownManifest: place(ownManifest) } : {}),
    ...(aggregations.present
      ? { aggregations: aggregations.items(1, 100).map((one) => one.text(AGGREGATION, allowed)) }
      : {}),
  };
}

function readSchedule(node: JsonNode): ScheduleConfig {
  const names = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[];
  const given = node.present ? node.members(...names) : undefined;
  const take = (name: keyof typeof DEFAULTS, min: number, max: number): number =>
    given?.[name].present === true ? given[name].number(min, max) : DEFAULTS[name];
  const ms = (name: keyof typeof DEFAULTS, min = 0.01): number =>
    Math.round(1000 * take(name, min, 366 * 86_400));
  const aggregationPeriodMs = ms('aggregationPeriodSeconds', 60);
  if (86_400_000 % aggregationPeriodMs !== 0 || aggregationPeriodMs % 60_000 !== 0) {
    given?.aggregationPeriodSeconds.fail('whole minutes, a divisor of the day');
  }
  return {
    aggregationPeriodMs,
    graceMs: ms('graceSeconds', 0),
    peerPatienceMs: ms('peerPatienceSeconds', 0),
    intakeMaxAgeMs: ms('intakeMaxAgeSeconds', 60),
    scanEveryMs: ms('scanEverySeconds'),
    leaseMs: ms('leaseSeconds', 1),
    attemptsMax: readAttempts(given?.attemptsMax),
    manifestsEveryMs: ms('manifestsEverySeconds'),
    keepMs: ms('keepSeconds', 0),
  };
}

function readAttempts(node: JsonNode | undefined): number {
  return node?.present === true ? node.integer(1, 1000) : DEFAULTS.attemptsMax;
}
