/**
 * From a request to an answer: refuses keys in URLs, finds the route, asks who it is, reads the
 * parameters, and puts the headers of security on whatever is answered. Nothing of a request is
 * logged that has not passed a check: not its target, not its headers.
 */

import { json, problem } from '@priolab/runtime/http';
import type { HttpRequest, HttpResponse, HttpService } from '@priolab/runtime/http';
import { TransportError, monotonicMs } from '@priolab/runtime';
import type { Clock } from '@priolab/runtime';
import { explain } from '@priolab/service';
import type { Log } from '@priolab/service';

import { KEY_MARK } from '../state/keys.ts';
import type { Caller, KeyRing } from '../state/keys.ts';
import type { AuditEntry } from '../state/audit.ts';
import type { Failures } from './failures.ts';
import { readQuery } from './filters.ts';
import type { Read } from './filters.ts';
import { openApi } from './openapi.ts';
import type { PageFiles } from './page.ts';
import { ROUTES } from './routes.ts';
import type { Counter, Route } from './routes.ts';

export interface RouterParts {
  readonly counter: Counter;
  readonly keys: KeyRing;
  readonly failures: Failures;
  readonly page: PageFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each answer. */
  readonly onAnswer: (answer: {
    readonly route: string;
    readonly status: number;
    readonly tookMs: number;
  }) => void;
}

const TARGET_MAX = 4096;
const DESCRIPTION = '/openapi.json';

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  vary: 'x-api-key',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
} as const;

export function createRouter(parts: RouterParts): HttpService {
  const { log, onAnswer } = parts;
  const description = json(200, openApi());
  return {
    bodySizeMax: () => 0,
    async respond(request) {
      const startMs = monotonicMs();
      const found = find(request, parts.page, description);
      const answer = await answerTo(parts, request, found).catch((error: unknown) => {
        if (!(error instanceof TransportError)) throw error;
        log('error', 'state-unusable', { ...explain(error), route: found.name });
        const headers = { 'retry-after': '5' };
        return problem(503, 'try-again', 'the state can not be used now', { headers });
      });
      const { status } = answer;
      onAnswer({ route: found.name, status, tookMs: monotonicMs() - startMs });
      return finished(request, answer);
    },
  };
}

/** Whoever sends it leaves the body of an answer to HEAD out, and says how long it would be. */
function finished({ method }: HttpRequest, { status, headers, body }: HttpResponse): HttpResponse {
  const all = { status, headers: { ...SECURITY_HEADERS, ...headers } };
  const isLeft = body === undefined || (method === 'HEAD' && isStream(body));
  return isLeft ? all : { ...all, body };
}

const isStream = (body: string | Uint8Array | AsyncIterable<string>): boolean =>
  typeof body === 'object' && Symbol.asyncIterator in body;

/** What a request is for, before anybody asks whose it is. */
interface Found {
  readonly name: string;
  readonly query: string;
  readonly route?: Route;
  /** Where no key is needed, or nothing will help. */
  readonly answer?: HttpResponse;
  readonly isKeyShown?: boolean;
}

function find(request: HttpRequest, page: PageFiles, description: HttpResponse): Found {
  const { target, method } = request;
  const [path, query] = split(target);
  const refuse = (status: number, code: string, detail: string, headers = {}): Found => {
    return { name: code, query, answer: problem(status, code, detail, { headers }) };
  };
  if (target.length > TARGET_MAX) {
    return refuse(414, 'target-too-long', `expected at most ${TARGET_MAX} characters`);
  }
  if (showsKey(target)) {
    const detail =
      'a key goes into the header x-api-key; this one is known to others now: replace it';
    return { ...refuse(400, 'key-in-url', detail), isKeyShown: true };
  }
  const route = ROUTES.find((one) => one.path === path);
  const open = path === DESCRIPTION ? description : page.respond(path, request);
  if (route === undefined && open === undefined) {
    const known = [...ROUTES.map((one) => one.path), DESCRIPTION].join(', ');
    return refuse(404, 'no-such-path', `expected one of ${known}`);
  }
  const allowed = route?.isStream === true ? ['GET'] : ['GET', 'HEAD'];
  if (!allowed.includes(method)) {
    const allow = allowed.join(', ');
    return refuse(405, 'method-not-allowed', `expected ${allow}`, { allow });
  }
  if (route !== undefined) return { name: route.name, query, route };
  const name = path === DESCRIPTION ? 'openapi' : 'page';
  return open === undefined ? { name, query } : { name, query, answer: open };
}

function split(target: string): [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

const KEY_NAMES = /^(x[-_]?)?(api[-_]?)?(key|token)$|^authorization$|^access[-_]?token$/i;
const DECODINGS_MAX = 4;

/** However often it is encoded, and also under a name that promises one. */
function showsKey(target: string): boolean {
  let text = target;
  for (let round = 0; round < DECODINGS_MAX; round++) {
    if (KEY_MARK.test(text)) return true;
    const names = split(text)[1]
      .split('&')
      .map((part) => part.split('=', 1)[0]!);
    if (names.some((name) => KEY_NAMES.test(name.trim()))) return true;
    // Piece by piece: one that can't be decoded must not hide the others.
    const decoded = text.replace(/(%[0-9a-f]{2})+/gi, (piece) =>
      Buffer.from(piece.replaceAll('%', ''), 'hex').toString('latin1'),
    );
    if (decoded === text) return false;
    text = decoded;
  }
  return KEY_MARK.test(text);
}

async function answerTo(
  parts: RouterParts,
  request: HttpRequest,
  { name, query, route, answer, isKeyShown }: Found,
): Promise<HttpResponse> {
  const { counter } = parts;
  if (isKeyShown === true) {
    const refusal = await refuse(parts, request, { outcome: 'key-in-url', what: {} });
    return refusal ?? answer!;
  }
  if (route === undefined) return answer!;
  const signedIn = await signIn(parts, request, name);
  if (!signedIn.ok) return signedIn.answer;
  const caller = signedIn.value;
  const read = readQuery(query, route.parameters);
  const result = read.ok
    ? await route.respond(counter, { request, caller, given: read.value })
    : read.answer;
  if (result.status === 200) return result;
  const { keyId, authority } = caller;
  const outcome = codeOf(result);
  const what = { route: name, ...(read.ok ? read.value : {}) };
  const { remote } = request;
  await counter.audit.write({ action: 'refuse', outcome, keyId, authority, remote, what });
  parts.log('warn', 'refused', { outcome, keyId, remote, route: name });
  return result;
}

/** The stable word of a problem document of ours. */
function codeOf({ body }: HttpResponse): string {
  return (JSON.parse(body as string) as { readonly code: string }).code;
}

async function signIn(
  parts: RouterParts,
  request: HttpRequest,
  route: string,
): Promise<Read<Caller>> {
  const verdict = await parts.keys.check(request.headers['x-api-key']);
  if (verdict.ok) return { ok: true, value: verdict.caller };
  const { fault, keyId } = verdict;
  const limited = await refuse(parts, request, { outcome: fault, keyId, what: { route } });
  // One wording for all: who tries keys must not learn which of them was once good.
  const detail = 'the header x-api-key holds no key that is in force';
  const headers = { 'www-authenticate': 'ApiKey header="x-api-key"' };
  return { ok: false, answer: limited ?? problem(401, 'bad-key', detail, { headers }) };
}

/** Writes down a refusal of somebody who is not known; past the limit it only answers. */
async function refuse(
  { counter, failures, clock, log }: RouterParts,
  { remote }: HttpRequest,
  entry: Pick<AuditEntry, 'outcome' | 'keyId' | 'what'>,
): Promise<HttpResponse | undefined> {
  if (failures.isTooMany(remote, clock.nowMs())) {
    const headers = { 'retry-after': '60' };
    return problem(429, 'too-many-failures', 'too many refusals, wait a minute', { headers });
  }
  await counter.audit.write({ action: 'refuse', remote, ...entry });
  const { outcome, keyId } = entry;
  log('warn', 'refused', { outcome, keyId, remote: remote.slice(0, 64) });
  return undefined;
}
