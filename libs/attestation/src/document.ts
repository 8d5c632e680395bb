/**
 * The document in which an Android phone uploads a report, as Firestore's REST API takes it:
 *
 *   POST /v1/projects/{project}/databases/(default)/documents
 *     /uuid{0..99}/{uuid}/{yyyy-MM-dd-HH}?documentId={metric}
 *   { fields: { payload: map { uuid, created, schemaVersion, prioParams, encryptedDataShares },
 *     signature, certificateChain } }
 *
 * Source: ENPA section 7.1. `readDocument` enforces what Google's security rules do, and where
 * they leave a gap, more: the rules look at certificates from index 1 on, so that a leaf of any
 * size gets by; ours count too. Theirs has `created` equal to the server's time, which only their
 * client's commit can ask for; ours takes the phone's, if it is within an hour.
 */

import {
  arrayValue,
  bytesValue,
  doubleValue,
  integerValue,
  mapValue,
  membersOf,
  readArray,
  readBytes,
  readDouble,
  readInteger,
  readMap,
  readString,
  readTimestamp,
  stringValue,
  timestampValue,
} from './firestore-values.ts';
import type { Json } from './firestore-values.ts';
import type { AndroidUpload, EncryptedShare, PrioParams } from './payload.ts';
import { Refusal, refusedOr } from './refusal.ts';
import type { Refused } from './refusal.ts';

/** The prime of Prio v2, ENPA section 2. */
const PRIME = 4_293_918_721;
const SERVER_COUNT = 2;
const HOUR_MS = 3_600_000;
const PREFIX_COUNT = 100;
/** Lengths of texts, which must be below; the rules of ENPA section 7.1. */
const SIGNATURE_LENGTH_MAX = 200;
const CERTIFICATE_LENGTH_MAX = 30_000;
const UUID_LENGTH_MAX = 50;
const KEY_ID_LENGTH_MAX = 100;
const PAYLOAD_LENGTH_MAX = 100_000;
const CERTIFICATE_COUNT_MIN = 3;
const CERTIFICATE_COUNT_MAX = 10;
/** All texts as long as they may be, and the JSON around them: what a server need ever read. */
export const DOCUMENT_SIZE_MAX =
  2 * PAYLOAD_LENGTH_MAX + CERTIFICATE_COUNT_MAX * CERTIFICATE_LENGTH_MAX + 4096;

/** One spelling for one report: Java's `UUID.randomUUID()` writes lower case. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SEGMENT = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;
/** No character of a target needs an escape, so that `%` and `..` find no way in. */
const TARGET = new RegExp(
  String.raw`^/v1/projects/([A-Za-z0-9._-]{1,100})/databases/\(default\)/documents` +
    String.raw`/uuid(0|[1-9]\d?)/([0-9a-f-]{1,49})/(\d{4}-\d\d-\d\d-\d\d)` +
    String.raw`\?documentId=([A-Za-z0-9._-]{1,100})$`,
);
const TARGET_LENGTH_MAX = 500;

export type DocumentFault =
  /** The target is none of this form, of another project, or names another uuid than the body. */
  | 'path'
  /** A metric that is not on the list. */
  | 'metric'
  /** The hour in the path, or `created`, is more than an hour from now. */
  | 'stale'
  /** The body is not UTF-8 or not JSON. */
  | 'json'
  /** A member too many, missing, of another type, too long, or not base64. */
  | 'form'
  | 'uuid'
  | 'schema-version'
  /** prioParams. */
  | 'parameters'
  /** Not one share for each of the two servers. */
  | 'shares'
  /** Not 3 to 10 certificates. */
  | 'certificates';

export type RefusedDocument = Refused<DocumentFault>;

/** What the server knows and the document must fit. */
export interface DocumentRules {
  readonly project: string;
  readonly metrics: ReadonlySet<string>;
  readonly nowMs: number;
  /** `bins` may be 0 to this. */
  readonly binsMax: number;
}

/** Where a document goes. */
export interface DocumentPlace {
  readonly project: string;
  /** 0 to 99, drawn by the phone: it spreads documents over Firestore's index. */
  readonly prefix: number;
}

/**
 * The request of an upload, the body as UTF-8; the hour in the path is that of `createdMs`.
 * @throws RangeError on a prefix, project, metric or uuid that can't be in a path
 */
export function encodeDocument(
  upload: AndroidUpload,
  { project, prefix }: DocumentPlace,
): { readonly target: string; readonly body: Uint8Array } {
  const { uuid, metric, createdMs } = upload;
  const isPrefix = Number.isInteger(prefix) && prefix >= 0 && prefix < PREFIX_COUNT;
  if (!isPrefix || !SEGMENT.test(project) || !SEGMENT.test(metric) || !UUID.test(uuid)) {
    throw new RangeError('expected a prefix of 0 to 99, names of a path and a uuid');
  }
  const documents = `/v1/projects/${project}/databases/(default)/documents`;
  const target = `${documents}/uuid${prefix}/${uuid}/${hourOf(createdMs)}?documentId=${metric}`;
  const fields = {
    payload: payloadValue(upload),
    signature: bytesValue(upload.signature),
    certificateChain: arrayValue(upload.certificateChain.map(bytesValue)),
  };
  return { target, body: new TextEncoder().encode(JSON.stringify({ fields })) };
}

function payloadValue(upload: AndroidUpload) {
  const { bins, prime, epsilon, numberServers, hammingWeight } = upload.prioParams;
  return mapValue({
    uuid: stringValue(upload.uuid),
    created: timestampValue(upload.createdMs),
    schemaVersion: integerValue(upload.schemaVersion),
    prioParams: mapValue({
      bins: integerValue(bins),
      prime: integerValue(prime),
      epsilon: doubleValue(epsilon),
      numberServers: integerValue(numberServers),
      ...(hammingWeight === undefined ? {} : { hammingWeight: integerValue(hammingWeight) }),
    }),
    encryptedDataShares: arrayValue(
      upload.shares.map(({ payload, encryptionKeyId }) =>
        mapValue({ payload: bytesValue(payload), encryptionKeyId: stringValue(encryptionKeyId) }),
      ),
    ),
  });
}

/** `yyyy-MM-dd-HH`, UTC. */
export function hourOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 13).replace('T', '-');
}

/**
 * The upload in a request, or what is wrong with it; never throws, whatever the bytes. Attestation
 * and signature are not looked at. The body's size is the caller's to limit (`DOCUMENT_SIZE_MAX`).
 * @param target the request's target, path and query, as it came
 */
export function readDocument(
  target: string,
  body: Uint8Array,
  rules: DocumentRules,
): AndroidUpload | RefusedDocument {
  return refusedOr<AndroidUpload, DocumentFault>(() => {
    const { uuid, metric } = readTarget(target, rules);
    const document = membersOf(parse(body), 'document', { required: ['fields'] });
    const fields = membersOf(document.get('fields'), 'fields', {
      required: ['payload', 'signature', 'certificateChain'],
    });
    const payload = readMap(fields.get('payload'), 'payload', {
      required: ['uuid', 'created', 'schemaVersion', 'prioParams', 'encryptedDataShares'],
    });
    checkUuid(readString(payload.get('uuid'), 'payload.uuid', UUID_LENGTH_MAX), uuid);
    const prioParams = readParams(payload.get('prioParams'), rules.binsMax);
    return {
      uuid,
      metric,
      createdMs: readCreated(payload.get('created'), rules.nowMs),
      schemaVersion: readSchemaVersion(payload.get('schemaVersion')),
      prioParams,
      shares: readShares(payload.get('encryptedDataShares')),
      signature: readBytes(fields.get('signature'), 'signature', SIGNATURE_LENGTH_MAX),
      certificateChain: readChain(fields.get('certificateChain')),
    };
  });
}

function readTarget(target: string, rules: DocumentRules) {
  const match = target.length > TARGET_LENGTH_MAX ? null : TARGET.exec(target);
  if (match === null) throw refusal('path', 'expected the path of a document and its documentId');
  const [, project, , uuid, hour, metric] = match as unknown as readonly string[];
  if (project !== rules.project) throw refusal('path', 'another project');
  if (!rules.metrics.has(metric!)) throw refusal('metric', 'a metric that is not on the list');
  const hours = [-HOUR_MS, 0, HOUR_MS].map((distance) => hourOf(rules.nowMs + distance));
  if (!hours.includes(hour!)) throw refusal('stale', `expected ${hours.join(' or ')}, got ${hour}`);
  return { uuid: uuid!, metric: metric! };
}

function parse(body: Uint8Array): Json {
  try {
    // A byte order mark is no JSON.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    // The parser's message quotes the body.
    throw refusal('json', 'expected JSON in UTF-8');
  }
}

function checkUuid(uuid: string, uuidOfPath: string): void {
  if (!UUID.test(uuid)) throw refusal('uuid', 'payload.uuid: expected a UUID in lower case');
  if (uuid !== uuidOfPath) throw refusal('path', 'another uuid than the payload');
}

function readCreated(json: Json, nowMs: number): number {
  const createdMs = readTimestamp(json, 'payload.created');
  if (Math.abs(createdMs - nowMs) <= HOUR_MS) return createdMs;
  throw refusal('stale', 'payload.created: expected a time within an hour of now');
}

function readSchemaVersion(json: Json): number {
  const version = readInteger(json, 'payload.schemaVersion');
  if (version === 1 || version === 2) return version;
  throw refusal('schema-version', 'payload.schemaVersion: expected 1 or 2');
}

function readParams(json: Json, binsMax: number): PrioParams {
  const params = readMap(json, 'payload.prioParams', {
    required: ['bins', 'prime', 'epsilon', 'numberServers'],
    optional: ['hammingWeight'],
  });
  const integer = (name: string) => readInteger(params.get(name), `payload.prioParams.${name}`);
  const bins = integer('bins');
  const prime = integer('prime');
  const numberServers = integer('numberServers');
  const epsilon = readDouble(params.get('epsilon'), 'payload.prioParams.epsilon');
  if (bins > binsMax) throw refusal('parameters', `bins: expected ${binsMax} at most`);
  if (prime !== PRIME) throw refusal('parameters', `prime: expected ${PRIME}`);
  if (numberServers !== SERVER_COUNT) throw refusal('parameters', 'numberServers: expected 2');
  if (!(epsilon > 1)) throw refusal('parameters', 'epsilon: expected more than 1');
  if (!params.has('hammingWeight')) return { bins, prime, epsilon, numberServers };
  const hammingWeight = integer('hammingWeight');
  if (hammingWeight > bins) throw refusal('parameters', 'hammingWeight: expected bins at most');
  return { bins, prime, epsilon, numberServers, hammingWeight };
}

function readShares(json: Json): readonly EncryptedShare[] {
  const place = 'payload.encryptedDataShares';
  const shares = readArray(json, place);
  if (shares.length !== SERVER_COUNT) {
    throw refusal('shares', `expected ${SERVER_COUNT} shares, got ${shares.length}`);
  }
  return shares.map((share, index) => {
    const at = `${place}[${index}]`;
    const members = readMap(share, at, { required: ['payload', 'encryptionKeyId'] });
    return {
      payload: readBytes(members.get('payload'), `${at}.payload`, PAYLOAD_LENGTH_MAX),
      encryptionKeyId: readString(
        members.get('encryptionKeyId'),
        `${at}.encryptionKeyId`,
        KEY_ID_LENGTH_MAX,
      ),
    };
  });
}

function readChain(json: Json): readonly Uint8Array[] {
  const chain = readArray(json, 'certificateChain');
  const { length } = chain;
  if (length < CERTIFICATE_COUNT_MIN || length > CERTIFICATE_COUNT_MAX) {
    const expected = `${CERTIFICATE_COUNT_MIN} to ${CERTIFICATE_COUNT_MAX} certificates`;
    throw refusal('certificates', `expected ${expected}, got ${length}`);
  }
  return chain.map((certificate, index) =>
    readBytes(certificate, `certificateChain[${index}]`, CERTIFICATE_LENGTH_MAX),
  );
}

function refusal(fault: DocumentFault, detail: string): Refusal<DocumentFault> {
  return new Refusal(fault, detail);
}
