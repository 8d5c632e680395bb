/**
 * Google's devices as they really send: a Firestore document signed by a key that the phone's
 * keystore made for one metric and day, with the chain that says so. Everything follows from the
 * plain upload of the same report and from the device's own branch of the seed tree; the uuid is
 * the report's id, so that processors know the report by the same name in either form.
 * Source: ENPA sections 7.1 (document), 7.2 (attestation).
 */

import { createAndroidAttestor, createAndroidAuthority, encodeDocument } from '@priolab/attestation';
import type { AndroidAttestor, AndroidAuthority } from '@priolab/attestation';
import { POINT_SIZE, SCALAR_SIZE, createBackend, fillScalars, sha256 } from '@priolab/crypto';
import type { CryptoBackend, SeedBranch, Strided } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import { DAY_MS, LEADER_AT, REPORT_ID_SIZE, uploadLayout } from '@priolab/roles';
import type { ReportBlock, UploadBlock } from '@priolab/roles';
import { uuidText } from '@priolab/roles/enpa';

import type { PopulationPlan } from '../population/plan.ts';
import { branches, firstDay } from '../run/settings.ts';
import { scalarOf } from '../run/world.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { UploadWriter } from './outbox.ts';
import { packetKeyId } from './places.ts';

/** The app that phones of every state run, and by whom it is signed. */
export const PACKAGE_NAME = 'org.priolab.exposure';
export const APK_DIGEST = sha256(new TextEncoder().encode('priolab simulated app'));
const SCHEMA_VERSION = 2;
const PREFIXES = 100;
const YEAR_MS = 366 * DAY_MS;

/** A locality's project at Google. */
export function projectOf(state: string): string {
  return `enpa-${state}`;
}

/** The same at every device and at the ingestor, which trusts its root. */
export function androidAuthority(
  scenario: Scenario,
  seedTree: SeedBranch,
  backend: CryptoBackend,
): AndroidAuthority {
  const branch = branches.authority(seedTree, 'google').child('android');
  const keyOf = (name: string) => ({
    scalar: scalarOf(branch.child(name)),
    nonce: scalarOf(branch.child(name, 'nonce')),
  });
  const startMs = firstDay(scenario) * DAY_MS;
  return createAndroidAuthority({
    root: keyOf('root'),
    intermediate: keyOf('intermediate'),
    notBeforeMs: startMs - YEAR_MS,
    notAfterMs: startMs + YEAR_MS,
    backend,
  });
}

export function createDocumentWriter(options: {
  readonly scenario: Scenario;
  readonly seedTree: SeedBranch;
  readonly plan: PopulationPlan;
  /** Largest block, in reports. */
  readonly capacity: number;
}): UploadWriter {
  const { scenario, seedTree, plan, capacity } = options;
  const backend = createBackend(scenario.crypto.backend);
  const authority = androidAuthority(scenario, seedTree, backend);
  const attestor = createAndroidAttestor({
    authority,
    backend,
    packageName: PACKAGE_NAME,
    apkDigest: APK_DIGEST,
  });
  const packed = (stride: number): Strided => {
    return { bytes: new Uint8Array(capacity * stride), offset: 0, stride };
  };
  const arena = { scalars: packed(SCALAR_SIZE), points: packed(POINT_SIZE) };
  const nonces = { document: packed(SCALAR_SIZE), leaf: packed(SCALAR_SIZE) };
  let block: { report: ReportBlock; uploads: UploadBlock };

  return {
    form: 'document',

    open(report, uploads) {
      block = { report, uploads };
      const { task, day, devices, count } = report;
      const cell = plan.cells.find((one) => {
        return one.state.id === task.state && one.vendor === task.vendor;
      })!;
      const names = [`day-${day}`, task.metric.id] as const;
      const device = branches.device(seedTree, cell).child(...names);
      fillScalars(device.child('android-key'), devices, count, arena.scalars);
      fillScalars(device.child('android-nonce'), devices, count, nonces.document);
      const keystore = branches.authority(seedTree, 'google').child('android', 'leaf-nonce');
      fillScalars(keystore.child(task.state, ...names), devices, count, nonces.leaf);
      backend.publicKeys(count, arena.scalars, arena.points);
    },

    bytesOf(slot) {
      const own = (of: Strided): Uint8Array => {
        return of.bytes.subarray(slot * of.stride, (slot + 1) * of.stride);
      };
      const keys = {
        scalar: own(arena.scalars),
        publicKey: own(arena.points),
        nonce: own(nonces.document),
        leafNonce: own(nonces.leaf),
      };
      return documentOf({ ...block, slot, keys, attestor });
    },
  };
}

/** Target and body as they go to Firestore, with a line's end between them. */
function documentOf(parts: {
  readonly report: ReportBlock;
  readonly uploads: UploadBlock;
  readonly slot: number;
  readonly keys: Readonly<Record<'scalar' | 'publicKey' | 'nonce' | 'leafNonce', Uint8Array>>;
  readonly attestor: AndroidAttestor;
}): Uint8Array {
  const { report, uploads, slot, keys, attestor } = parts;
  const { task, day, timesMs, reportIds } = report;
  const layout = uploadLayout(task.shape);
  const at = uploads.offsets[slot]!;
  const share = (from: number, size: number, role: 'leader' | 'helper') => ({
    payload: uploads.bytes.subarray(at + from, at + from + size),
    encryptionKeyId: packetKeyId(role),
  });
  const createdMs = day * DAY_MS + timesMs[slot]!;
  const signed = {
    uuid: uuidText(reportIds, slot * REPORT_ID_SIZE),
    schemaVersion: SCHEMA_VERSION,
    prioParams: {
      bins: task.shape.dimension,
      prime: FIELD_MODULUS,
      epsilon: task.epsilon,
      numberServers: 2,
    },
    shares: [
      share(LEADER_AT, layout.leaderSealedSize, 'leader'),
      share(layout.helperAt, layout.helperSealedSize, 'helper'),
    ],
  };
  const metric = task.metric.id;
  const { scalar, publicKey, nonce, leafNonce } = keys;
  const upload = {
    ...signed,
    metric,
    createdMs,
    signature: attestor.signDocument(signed, { scalar, nonce }),
    certificateChain: attestor.attest({ publicKey, nonce: leafNonce, metric, nowMs: createdMs }),
  };
  const prefix = reportIds[slot * REPORT_ID_SIZE]! % PREFIXES;
  const place = { project: projectOf(task.state), prefix };
  const { target, body } = encodeDocument(upload, place);
  return new Uint8Array(Buffer.concat([Buffer.from(`${target}\n`, 'latin1'), body]));
}
