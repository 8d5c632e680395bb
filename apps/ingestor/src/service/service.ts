/**
 * One vendor's ingestor: takes uploads over HTTP in the vendor's forms, answers when they are on
 * the disk, and cuts them into batches when told to. The program `priolab-ingestor` and runs in
 * one process use it alike; it opens no socket and reads no file. Source: ENPA sections 1.2, 7.
 *
 * It holds no decryption key. What names a device stays in memory, and only until it is answered.
 */

import assert from 'node:assert/strict';

import type { AndroidVerifier } from '@priolab/attestation';
import { seedBranchFrom } from '@priolab/crypto';
import type { CryptoBackend } from '@priolab/crypto';
import { UPLOAD_PATH, createUploadService } from '@priolab/nodes/upload-http';
import type { Task, Vendor } from '@priolab/roles';
import type { Clock, TransportError } from '@priolab/runtime';
import type { Database } from '@priolab/runtime/database';
import { problem } from '@priolab/runtime/http';
import type { HttpService } from '@priolab/runtime/http';
import type { Log } from '@priolab/service';

import { createAttester } from './attest.ts';
import { createCutter } from './cut.ts';
import type { BatchSink } from './cut.ts';
import {
  DOCUMENTS_PREFIX,
  REFUSED_SIZE_MAX,
  createFirestoreService,
  projectOf,
} from './firestore.ts';
import { createIntake } from './intake.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { IngestorLimits } from './limits.ts';
import { createPlainForm } from './plain-form.ts';
import { createRefusalLog } from './refusals.ts';
import { openState } from './state.ts';
import type { Candidate, Refusal, UploadAnswer } from './upload-fate.ts';

export interface IngestorOptions {
  readonly vendor: Vendor;
  /** Those of other vendors are left out: an ingestor takes its own vendor's alone. */
  readonly tasks: readonly Task[];
  readonly clock: Clock;
  /** Stays the caller's to close. */
  readonly database: Database;
  readonly sink: BatchSink;
  readonly backend: CryptoBackend;
  /** Of the vendor's authority, 65 bytes; left out (Google only): no plain form. */
  readonly authorityKey?: Uint8Array;
  /** Google only; left out: no documents. */
  readonly android?: AndroidVerifier;
  /** Firestore project of a locality; by default `enpa-{state}`. */
  readonly projectOf?: (state: string) => string;
  /** 32 bytes that only this ingestor has; all its replicas have the same. */
  readonly secret: Uint8Array;
  readonly limits?: Partial<IngestorLimits>;
  readonly log: Log;
  readonly observer?: IngestorObserver;
}

export type UploadForm = 'plain' | 'android';

/** For operators' numbers; a call must not take long. */
export interface IngestorObserver {
  answered(form: UploadForm, answer: string): void;
  grouped(group: { count: number; tookMs: number; error?: TransportError }): void;
  batched(batch: { readonly task: Task; readonly count: number }): void;
}

export interface IngestorService {
  readonly http: HttpService;
  /**
   * Writes batches of what is stored, those that a crash left first. Small ones too with `all`.
   * @returns false where another replica is at it
   * @throws TransportError where something can't be written now; the next call goes on
   */
  cut(options?: { readonly all?: boolean }): Promise<boolean>;
  /** Reports that are stored and not in a written batch. */
  pendingCount(): Promise<number>;
  /** Uploads that have no answer yet. */
  waitingCount(): number;
  /** Answers what has come and waits for a batch under way; the rest is told to try again. */
  close(): Promise<void>;
}

const SECRET_SIZE = 32;

/** @throws TransportError where the database can't be used */
export async function createIngestorService(options: IngestorOptions): Promise<IngestorService> {
  const { vendor, clock, database, sink, backend, authorityKey, log } = options;
  const { android, observer } = options;
  assert.equal(options.secret.length, SECRET_SIZE, 'the secret of an ingestor has 32 bytes');
  const hasForm = vendor === 'google' ? (authorityKey ?? android) : authorityKey;
  assert.ok(hasForm !== undefined, `an ingestor of ${vendor} needs whom to trust`);
  assert.ok(vendor === 'google' || android === undefined, 'documents are of google alone');
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const tasks = options.tasks.filter((task) => task.vendor === vendor);
  const secrets = deriveSecrets(options.secret);
  const form = createPlainForm(tasks, limits);
  const state = await openState(database);
  const attester = createAttester({
    vendor,
    backend,
    authorityKey,
    android,
    senderSecret: secrets.sender,
    sizeMax: form.sizeMax,
    limits,
  });
  const intake = createIntake({
    clock,
    limits,
    attester,
    state,
    // One file takes one transaction at a time; a server has other connections for batching.
    commitsMax: database.kind === 'sqlite' ? 1 : 3,
    grouped: reportGroups(log, observer),
  });
  const batched: IngestorObserver['batched'] = (batch) => {
    const { state: locality, metric } = batch.task;
    log('info', 'batch-written', { locality, aggregation: metric.id, count: batch.count });
    observer?.batched(batch);
  };
  const cutter = createCutter({ tasks, clock, state, sink, backend, secrets, limits, batched });
  const note = createRefusalLog(log, limits.refusalLinesMax);

  const receive =
    (kind: UploadForm) =>
    async (read: Candidate | Refusal, remote: string): Promise<UploadAnswer> => {
      const answer = 'kind' in read ? read : await intake.receive(read, remote);
      observer?.answered(kind, answer.kind === 'refused' ? answer.reason : answer.kind);
      if (answer.kind === 'refused' || answer.kind === 'try-again') {
        const task = 'kind' in read ? {} : { aggregation: read.task.metric.id };
        const reason = answer.kind === 'refused' ? { reason: answer.reason } : {};
        const event = answer.kind === 'refused' ? 'upload-refused' : 'upload-put-off';
        note(event, { vendor, form: kind, ...task, ...reason, detail: answer.detail });
      }
      return answer;
    };

  const receivePlain = receive('plain');
  const plain =
    authorityKey === undefined
      ? undefined
      : createUploadService({
          sizeMax: form.sizeMax,
          receive: (upload, { remote }) => receivePlain(form.read(upload, clock.nowMs()), remote),
        });
  const documents =
    android === undefined
      ? undefined
      : createFirestoreService({
          tasks,
          projectOf: options.projectOf ?? projectOf,
          limits,
          nowMs: () => clock.nowMs(),
          receive: receive('android'),
        });

  return {
    http: route(plain, documents),
    cut: (which) => cutter.cut(which),
    pendingCount: () => state.pendingCount(),
    waitingCount: () => intake.waitingCount,
    async close() {
      await intake.close();
      await cutter.close();
    },
  };
}

/** By the target as it was sent: nothing is decoded, so that nothing has two spellings. */
function route(plain: HttpService | undefined, documents: HttpService | undefined): HttpService {
  const serviceOf = (target: string): HttpService | undefined => {
    if (target === UPLOAD_PATH) return plain;
    return target.startsWith(DOCUMENTS_PREFIX) ? documents : undefined;
  };
  return {
    bodySizeMax: (head) => serviceOf(head.target)?.bodySizeMax(head) || REFUSED_SIZE_MAX,
    respond(request) {
      const service = serviceOf(request.target);
      if (service !== undefined) return service.respond(request);
      const detail = 'expected an address that uploads are sent to, got another';
      return Promise.resolve(problem(404, 'not-found', detail));
    },
  };
}

function deriveSecrets(secret: Uint8Array) {
  const root = seedBranchFrom(secret, 'ingestor');
  return {
    // The same branch as in `createIngestor`: with the same secret r is the same.
    queryRandomness: root.child('query-randomness').export(),
    batchName: root.child('batch-id').export(),
    sender: root.child('sender').export(),
  };
}

function reportGroups(
  log: Log,
  observer: IngestorObserver | undefined,
): IngestorObserver['grouped'] {
  return (group) => {
    const { count, error } = group;
    if (error !== undefined) {
      log('error', 'store-failed', { code: error.code, detail: error.message, count });
    }
    observer?.grouped(group);
  };
}
