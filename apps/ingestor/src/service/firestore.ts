/**
 * Google's form: a document for Firestore, as a phone's app creates it over REST, answered as
 * Google's services answer. One project is one locality. What Google's rules ask is checked by
 * `@priolab/attestation`; here it is held against the tasks. Source: ENPA section 7.1.
 */

import { DOCUMENT_SIZE_MAX, readDocument, serializePayload } from '@priolab/attestation';
import type {
  AndroidUpload,
  AttestationFault,
  DocumentFault,
  DocumentRules,
} from '@priolab/attestation';
import { sha256 } from '@priolab/crypto';
import { DAY_MS, uploadLayout } from '@priolab/roles';
import type { Reason, Task } from '@priolab/roles';
import { json } from '@priolab/runtime/http';
import type { HttpResponse, HttpService } from '@priolab/runtime/http';

import type { IngestorLimits } from './limits.ts';
import { staleness } from './plain-form.ts';
import { refuse } from './upload-fate.ts';
import type { Candidate, Refusal, UploadAnswer } from './upload-fate.ts';

/** So much is read of what is refused whatever it is, so that its sender is told why. */
export const REFUSED_SIZE_MAX = 16_384;
/** All paths of this form begin so. */
export const DOCUMENTS_PREFIX = '/v1/projects/';
const PROJECT = /^\/v1\/projects\/([A-Za-z0-9._-]{1,100})\//;

/** The project of a locality, where it has no other name. */
export function projectOf(state: string): string {
  return `enpa-${state}`;
}

export interface FirestoreOptions {
  readonly tasks: readonly Task[];
  readonly projectOf: (state: string) => string;
  readonly limits: IngestorLimits;
  readonly nowMs: () => number;
  receive(read: Candidate | Refusal, remote: string): Promise<UploadAnswer>;
}

/** The tasks of one locality, by metric. */
interface Project {
  readonly tasks: ReadonlyMap<string, Task>;
  readonly metrics: ReadonlySet<string>;
  readonly binsMax: number;
  readonly sizeMax: number;
}

export function createFirestoreService(options: FirestoreOptions): HttpService {
  const projects = readProjects(options);
  const projectAt = (target: string): Project | undefined => {
    const name = PROJECT.exec(target)?.[1];
    return name === undefined ? undefined : projects.get(name);
  };

  return {
    bodySizeMax: ({ method, target }) =>
      (method === 'POST' ? projectAt(target)?.sizeMax : undefined) ?? REFUSED_SIZE_MAX,

    async respond({ method, target, body, remote }) {
      if (method !== 'POST') {
        return failure(405, 'INVALID_ARGUMENT', 'only POST is answered here', { allow: 'POST' });
      }
      const name = PROJECT.exec(target)?.[1] ?? '';
      const nowMs = options.nowMs();
      const read = readUpload({ target, body, name, nowMs }, projects.get(name), options.limits);
      return answerOf(await options.receive(read, remote), target, nowMs);
    },
  };
}

function readProjects({ tasks, projectOf: nameOf }: FirestoreOptions): Map<string, Project> {
  const projects = new Map<string, Project>();
  for (const state of new Set(tasks.map((task) => task.state))) {
    const own = tasks.filter((task) => task.state === state);
    const shares = own.map(({ shape }) => {
      const { leaderSealedSize, helperSealedSize } = uploadLayout(shape);
      return Math.ceil((leaderSealedSize + helperSealedSize) / 3) * 4;
    });
    const metrics = own.map((task) => task.metric.id);
    projects.set(nameOf(state), {
      tasks: new Map(own.map((task) => [task.metric.id, task])),
      metrics: new Set(metrics),
      binsMax: Math.max(...own.map(({ shape }) => shape.dimension)),
      // Chains and JSON may take what they may, shares what this project's tasks have.
      sizeMax: Math.min(DOCUMENT_SIZE_MAX, DOCUMENT_SIZE_MAX - 200_000 + Math.max(...shares)),
    });
  }
  return projects;
}

function readUpload(
  request: { target: string; body: Uint8Array; name: string; nowMs: number },
  project: Project | undefined,
  limits: IngestorLimits,
): Candidate | Refusal {
  const { target, body, name, nowMs } = request;
  if (project === undefined) {
    return refuse('wrong-task', 'expected a project of this ingestor, got another');
  }
  const { metrics, binsMax } = project;
  const rules: DocumentRules = { project: name, metrics, binsMax, nowMs };
  const upload = readDocument(target, body, rules);
  if ('fault' in upload) return refuse(DOCUMENT_REASONS[upload.fault], upload.detail);
  return candidateOf(upload, project.tasks.get(upload.metric)!, { nowMs, limits });
}

function candidateOf(
  upload: AndroidUpload,
  task: Task,
  { nowMs, limits }: { readonly nowMs: number; readonly limits: IngestorLimits },
): Candidate | Refusal {
  const { prioParams, shares, createdMs, uuid, signature } = upload;
  const { shape } = task;
  if (prioParams.bins !== shape.dimension || prioParams.epsilon !== task.epsilon) {
    const expected = `${shape.dimension} bins and epsilon ${task.epsilon}`;
    return refuse('wrong-task', `expected ${expected}, got others`);
  }
  if (prioParams.hammingWeight !== undefined) {
    return refuse('wrong-task', 'expected no hamming weight, got one');
  }
  const [leader, helper] = [shares[0]!.payload, shares[1]!.payload];
  const { leaderSealedSize, helperSealedSize } = uploadLayout(shape);
  if (leader.length !== leaderSealedSize || helper.length !== helperSealedSize) {
    const expected = `shares of ${leaderSealedSize} and ${helperSealedSize} bytes`;
    const got = `${leader.length} and ${helper.length}`;
    return refuse('wrong-share-size', `expected ${expected}, got ${got}`);
  }
  const stale = staleness(createdMs, nowMs, limits);
  if (stale !== undefined) return stale;
  return {
    task,
    day: Math.floor(createdMs / DAY_MS),
    windowStartMs: createdMs - (createdMs % task.windowMs),
    // The device's own uuid names its report (ENPA section 7.3).
    reportId: new Uint8Array(Buffer.from(uuid.replaceAll('-', ''), 'hex')),
    // Of what the document says: a phone may write its JSON anew.
    digest: sha256(Buffer.concat([serializePayload(upload), signature])),
    leader,
    helper,
    attested: { form: 'android', upload },
  };
}

const DOCUMENT_REASONS: Readonly<Record<DocumentFault, Reason>> = {
  path: 'wrong-task',
  metric: 'wrong-task',
  stale: 'stale',
  json: 'truncated',
  form: 'unknown-version',
  uuid: 'unknown-version',
  'schema-version': 'unknown-version',
  parameters: 'wrong-task',
  shares: 'wrong-share-size',
  certificates: 'bad-certificate',
};

export function androidRefusal(found: {
  readonly fault: AttestationFault;
  readonly detail: string;
}): Refusal {
  return refuse(found.fault === 'signature' ? 'bad-signature' : 'bad-certificate', found.detail);
}

type Answer = readonly [status: number, code: string];

/** What Google's status codes are called, and the HTTP status of each. */
const INVALID: Answer = [400, 'INVALID_ARGUMENT'];
const ANSWERS: Partial<Record<Reason, Answer>> = {
  'wrong-task': [404, 'NOT_FOUND'],
  'bad-certificate': [403, 'PERMISSION_DENIED'],
  'bad-signature': [403, 'PERMISSION_DENIED'],
  replayed: [409, 'ALREADY_EXISTS'],
  'duplicate-report-id': [409, 'ALREADY_EXISTS'],
  stale: [400, 'FAILED_PRECONDITION'],
  'rate-limited': [429, 'RESOURCE_EXHAUSTED'],
};

function answerOf(answer: UploadAnswer, target: string, nowMs: number): HttpResponse {
  switch (answer.kind) {
    case 'refused': {
      const [status, code] = ANSWERS[answer.reason] ?? INVALID;
      return failure(status, code, answer.detail, retryHeaders(answer), answer.reason);
    }
    case 'try-again':
      return failure(503, 'UNAVAILABLE', answer.detail, retryHeaders(answer));
    default: {
      const time = new Date(nowMs).toISOString();
      return json(200, { name: documentName(target), createTime: time, updateTime: time });
    }
  }
}

function retryHeaders({ retryAfterS }: { readonly retryAfterS?: number }) {
  return retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
}

function failure(
  code: number,
  status: string,
  message: string,
  headers: Readonly<Record<string, string>>,
  reason?: Reason,
): HttpResponse {
  const type = 'type.googleapis.com/google.rpc.ErrorInfo';
  const details =
    reason === undefined ? [] : [{ '@type': type, reason, domain: 'priolab-ingestor' }];
  return json(code, { error: { code, message, status, details } }, headers);
}

/** Of a target that was read as a document's. */
function documentName(target: string): string {
  const [path = '', metric = ''] = target.split('?documentId=');
  return `${path.replace('/v1/', '')}/${metric}`;
}
