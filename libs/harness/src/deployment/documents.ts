/**
 * Google's devices as they really send: a Firestore document signed by a key that the phone's
 * keystore made for one metric and day, with the chain that says so. Everything follows from the
 * plain upload of the same report and from the device's own branch of the seed tree; the uuid is
 * the report's id, so that processors know the report by the same name in either form.
 * Source: ENPA sections 7.1 (document), 7.2 (attestation).
 */

import {
  createAndroidAttestor,
  createAndroidAuthority,
  encodeDocument,
} from '@priolab/attestation';
import type { AndroidAuthority, AndroidUpload } from '@priolab/attestation';
import { POINT_SIZE, SCALAR_SIZE, createBackend, fillScalars, sha256 } from '@priolab/crypto';
import type { CryptoBackend, SeedBranch, Strided } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import { DAY_MS, LEADER_AT, REPORT_ID_SIZE, uploadLayout } from '@priolab/roles';
import type { ProcessorRole, ReportBlock, UploadBlock } from '@priolab/roles';
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
  let finished: readonly AndroidUpload[] = [];
  let block: { report: ReportBlock; uploads: UploadBlock };

  /** Draws the keys of a block's devices, and the nonces of both signatures. */
  const drawKeys = ({ task, day, devices, count }: ReportBlock): void => {
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
  };
  const own = ({ bytes, stride }: Strided, slot: number): Uint8Array =>
    bytes.subarray(slot * stride, (slot + 1) * stride);

  return {
    form: 'document',

    open(report, uploads) {
      block = { report, uploads };
      drawKeys(report);
      const unsigned = Array.from({ length: report.count }, (_, slot) => {
        return unsignedOf(report, uploads, slot);
      });
      const chains = attestor.attestAll(
        unsigned.map(({ metric, createdMs }, slot) => ({
          publicKey: own(arena.points, slot),
          nonce: own(nonces.leaf, slot),
          metric,
          nowMs: createdMs,
        })),
      );
      const signatures = attestor.signAll(
        unsigned.map((upload, slot) => ({
          upload,
          scalar: own(arena.scalars, slot),
          nonce: own(nonces.document, slot),
        })),
      );
      finished = unsigned.map((upload, slot) => ({
        ...upload,
        signature: signatures[slot]!,
        certificateChain: chains[slot]!,
      }));
    },

    bytesOf(slot) {
      const { task, reportIds } = block.report;
      const prefix = reportIds[slot * REPORT_ID_SIZE]! % PREFIXES;
      const place = { project: projectOf(task.state), prefix };
      const { target, body } = encodeDocument(finished[slot]!, place);
      // Target and body, with a line's end between them.
      return new Uint8Array(Buffer.concat([Buffer.from(`${target}\n`, 'latin1'), body]));
    },
  };
}

/** What a plain upload says, as a document says it; shares are views of the upload. */
function unsignedOf(
  { task, day, timesMs, reportIds }: ReportBlock,
  uploads: UploadBlock,
  slot: number,
): Omit<AndroidUpload, 'signature' | 'certificateChain'> {
  const layout = uploadLayout(task.shape);
  const at = uploads.offsets[slot]!;
  const share = (from: number, size: number, role: ProcessorRole) => ({
    payload: uploads.bytes.subarray(at + from, at + from + size),
    encryptionKeyId: packetKeyId(role),
  });
  return {
    uuid: uuidText(reportIds, slot * REPORT_ID_SIZE),
    metric: task.metric.id,
    createdMs: day * DAY_MS + timesMs[slot]!,
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
}
