/** The upload form over HTTP: every answer comes back as it was given, and nothing else is one. */

import { REASONS, type Reason } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import {
  createDirectClient,
  createFetchClient,
  createPooledClient,
  json,
  problem,
  serveHttp,
  type HttpClient,
  type HttpResponse,
} from '@priolab/runtime/http';
import { interceptHttp } from '@priolab/runtime/http-intercept';
import {
  UPLOAD_PATH,
  UPLOAD_TYPE,
  createUploadClient,
  createUploadService,
  uploadStatus,
  type UploadAnswer,
} from '../src/upload-http.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const SIZE_MAX = 1000;
const ORIGIN = 'http://ingestor.test';

const ANSWERS: readonly UploadAnswer[] = [
  { kind: 'stored' },
  { kind: 'stored-before' },
  { kind: 'try-again', detail: 'full at the moment', retryAfterS: 3 },
  { kind: 'refused', reason: 'rate-limited', detail: 'expected fewer', retryAfterS: 60 },
  ...REASONS.filter((reason) => reason !== 'none').map((reason): UploadAnswer => ({
    kind: 'refused',
    reason,
    detail: `expected x, got ${reason}`,
  })),
];

const STATUSES: readonly (readonly [Reason, number])[] = [
  ['truncated', 400],
  ['unknown-version', 400],
  ['wrong-share-size', 400],
  ['wrong-task', 404],
  ['bad-certificate', 403],
  ['bad-signature', 403],
  ['replayed', 409],
  ['duplicate-report-id', 409],
  ['stale', 410],
  ['oversized', 413],
  ['rate-limited', 429],
  ['proof-invalid', 422],
];

/** Answers each upload by its first byte. */
function numbered() {
  const seen: Uint8Array[] = [];
  const service = createUploadService({
    sizeMax: SIZE_MAX,
    async receive(upload) {
      seen.push(upload);
      return ANSWERS[upload[0]!]!;
    },
  });
  return { service, seen };
}

async function expectEveryAnswer(client: HttpClient, url: string, seen: Uint8Array[]) {
  const uploads = createUploadClient({ client, url });
  for (const [index, answer] of ANSWERS.entries()) {
    const upload = Uint8Array.of(index, 0, 255, 13, 10);
    expect(await uploads.send(upload)).toEqual(answer);
    expect(seen.at(-1)).toEqual(upload);
  }
  expect(await uploads.send(new Uint8Array(SIZE_MAX + 1))).toMatchObject({
    kind: 'refused',
    reason: 'oversized',
  });
  expect(seen).toHaveLength(ANSWERS.length);
}

describe('upload service and client', () => {
  it('carry every answer, called directly', async () => {
    const { service, seen } = numbered();
    await expectEveryAnswer(createDirectClient(service), ORIGIN, seen);
  });

  it('carry every answer, intercepted', async () => {
    const { service, seen } = numbered();
    const interception = interceptHttp({ [ORIGIN]: service });
    await expectEveryAnswer(createFetchClient(), ORIGIN, seen);
    interception.close();
  });

  it('carry every answer over a socket', async () => {
    const { service, seen } = numbered();
    const server = await serveHttp(service, { host: '127.0.0.1', port: 0 });
    const client = createPooledClient({ connections: 1 });
    await expectEveryAnswer(client, server.url, seen);
    await client.close();
    await server.close();
  });

  it.each(STATUSES)('answer %s with %i', (reason, status) => {
    expect(uploadStatus(reason)).toBe(status);
  });
});

describe('upload service', () => {
  const { service, seen } = numbered();
  const client = createDirectClient(service);
  const headers = { 'content-type': UPLOAD_TYPE };
  const url = ORIGIN + UPLOAD_PATH;
  const body = new Uint8Array(1);

  it.each([
    ['another path', { method: 'POST', url: `${ORIGIN}/v1/upload`, headers }, 404],
    ['a path that goes on', { method: 'POST', url: `${url}/x`, headers }, 404],
    ['a query', { method: 'POST', url: `${url}?x=1`, headers }, 404],
    ['another method', { method: 'GET', url, headers }, 405],
    ['another type', { method: 'POST', url, headers: { 'content-type': 'text/plain' }, body }, 413],
    [
      'another type, empty',
      { method: 'POST', url, headers: { 'content-type': 'text/plain' } },
      415,
    ],
    ['no type', { method: 'POST', url }, 415],
  ])('refuses %s', async (_, request, status) => {
    const response = await client.send(request);
    expect(response.status).toBe(status);
    expect(seen).toEqual([]);
  });

  it('says nothing of its own failure', async () => {
    const errors: unknown[] = [];
    const failing = createUploadService({
      sizeMax: SIZE_MAX,
      receive: async () => ({ kind: 'refused', reason: 'none', detail: 'secret' }),
    });
    const response = await createDirectClient(failing, { onError: (e) => errors.push(e) }).send({
      method: 'POST',
      url,
      headers,
    });
    expect(response.status).toBe(500);
    expect(new TextDecoder().decode(response.body)).not.toContain('secret');
    expect(errors).toEqual([expect.any(RangeError)]);
  });
});

describe('upload client', () => {
  const answering = (response: HttpResponse) =>
    createUploadClient({
      client: createDirectClient({
        bodySizeMax: () => SIZE_MAX,
        respond: async () => response,
      }),
      url: ORIGIN,
    }).send(new Uint8Array(1));

  it.each([
    ['a captive portal', { status: 200, body: '<html>sign in</html>' }],
    ['an answer of another kind', json(200, { answer: 'stored' })],
    ['an empty 201', { status: 201 }],
    ['a redirect', { status: 302, headers: { location: 'http://evil.test/' } }],
    ['a 404 of another server', problem(404, 'not-found', 'expected /v1/uploads')],
    ['a reason that is none', problem(400, 'x', 'y', { members: { reason: 'no-such' } })],
    ['no refusal', problem(422, 'none', 'y', { members: { reason: 'none' } })],
    ['a reason of another status', problem(410, 'x', 'y', { members: { reason: 'replayed' } })],
    ['JSON that is no object', { status: 400, body: '"truncated"' }],
    ['null', { status: 400, body: 'null' }],
    ['no UTF-8', { status: 400, body: Uint8Array.of(0x7b, 0xff, 0x7d) }],
    ['an inner failure', { status: 500, body: '{}' }],
    ['503 of who knows no wait', { status: 503, body: '{}' }],
    ['503 with a wait of no number', { status: 503, headers: { 'retry-after': 'soon' } }],
    ['more than it reads', { status: 201, body: 'x'.repeat(2 * 1024 * 1024) }],
  ])('takes %s for no answer', async (_, response) => {
    const failed = await answering(response).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(TransportError);
    expect(failed).toMatchObject({ retryable: true, definite: false });
  });

  it('understands backpressure of the server itself', async () => {
    const busy = problem(503, 'overloaded', 'try again', { headers: { 'retry-after': '1' } });
    expect(await answering(busy)).toEqual({
      kind: 'try-again',
      detail: 'try again',
      retryAfterS: 1,
    });
  });

  it('believes no wait beyond a day, and no endless detail', async () => {
    const answer = await answering(
      problem(429, 'rate-limited', 'x'.repeat(10_000), {
        members: { reason: 'rate-limited' },
        headers: { 'retry-after': '999999999' },
      }),
    );
    expect(answer).toMatchObject({ kind: 'refused', retryAfterS: 86_400 });
    expect(answer.kind === 'refused' && answer.detail.length).toBe(500);
  });

  it('takes any answer for an answer or a TransportError', async () => {
    const answers = fc.record({
      status: fc.integer({ min: 200, max: 599 }),
      body: fc.oneof(fc.json(), fc.uint8Array(), fc.constantFrom('{"reason":"stale"}', '[]')),
    });
    await fc.assert(
      fc.asyncProperty(answers, async (response) => {
        const settled = await answering(response).catch((error: unknown) => error);
        if (settled instanceof TransportError) return;
        expect(settled).toHaveProperty('kind');
      }),
    );
  });
});
