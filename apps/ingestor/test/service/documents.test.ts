/** Documents for Firestore: what is wrong with path, JSON or attestation is refused, and told. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { encodeDocument } from '@priolab/attestation';
import type { AndroidUpload } from '@priolab/attestation';
import { DAY_MS } from '@priolab/roles';
import { uuidText } from '@priolab/roles/enpa';

import { openTestIngestor } from '../ingestor.ts';
import type { TestIngestor } from '../ingestor.ts';
import { NOON, createPhones, someBits } from '../phones.ts';

const phones = createPhones({ vendor: 'google' });
const apple = createPhones({ vendor: 'apple' });
const bits = someBits(3);
const [genuine, second] = phones.documents(bits);
const PLACE = { project: 'enpa-us-wa', prefix: 7 };

let ingestor: TestIngestor;

beforeEach(async () => {
  ingestor = await openTestIngestor({ vendor: 'google', tasks: [phones.task, apple.task] });
});

afterEach(() => ingestor.close());

/** The document with something changed after it was signed. */
function changed(change: Partial<AndroidUpload>) {
  return encodeDocument({ ...genuine!.upload, ...change }, PLACE);
}

function withBody(edit: (json: Json) => unknown) {
  const json = JSON.parse(Buffer.from(genuine!.body).toString('utf8')) as Json;
  return { target: genuine!.target, body: Buffer.from(JSON.stringify(edit(json) ?? json)) };
}

interface Json {
  fields: Record<string, unknown> & {
    payload: { mapValue: { fields: Record<string, unknown> } };
    certificateChain: { arrayValue: { values: unknown[] } };
  };
}

const withTarget = (target: string) => ({ target, body: genuine!.body });
const { target: path } = genuine!;
const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = bytes.slice();
  copy[at]! ^= 1;
  return copy;
};
const [leaderShare, helperShare] = genuine!.upload.shares;

describe('one document', () => {
  test.each<[string, () => { target: string; body: Uint8Array }, number, string]>([
    [
      'another project',
      () => withTarget(path.replace('enpa-us-wa', 'enpa-us-ca')),
      404,
      'wrong-task',
    ],
    [
      'another metric',
      () => withTarget(path.replace('kittens-seen', 'puppies')),
      404,
      'wrong-task',
    ],
    [
      'a metric of an object’s own',
      () => withTarget(path.replace('kittens-seen', '__proto__')),
      404,
      'wrong-task',
    ],
    ['a path that climbs', () => withTarget(path.replace('uuid7', 'uuid7/..')), 404, 'wrong-task'],
    [
      'a path that climbs, escaped',
      () => withTarget(path.replace('uuid7', 'uuid7/%2e%2e')),
      404,
      'wrong-task',
    ],
    [
      'an escaped letter',
      () => withTarget(path.replace('kittens', 'k%69ttens')),
      404,
      'wrong-task',
    ],
    [
      'a slash in the metric',
      () => withTarget(path.replace('kittens', 'a%2Fb')),
      404,
      'wrong-task',
    ],
    [
      'a line break in the metric',
      () => withTarget(`${path}%0d%0aset-cookie:x`),
      404,
      'wrong-task',
    ],
    ['a raw line break', () => withTarget(`${path}\r\nset-cookie: x`), 404, 'wrong-task'],
    ['a second query', () => withTarget(`${path}&documentId=x`), 404, 'wrong-task'],
    ['a prefix of 100', () => withTarget(path.replace('uuid7', 'uuid100')), 404, 'wrong-task'],
    ['an hour two hours ago', () => withTarget(path.replace(/-12\?/, '-10?')), 400, 'stale'],
    ['another uuid', () => withTarget(path.replace(/uuid7\/./, 'uuid7/z')), 404, 'wrong-task'],
    ['no JSON', () => ({ target: path, body: Buffer.from('{"fields":') }), 400, 'truncated'],
    ['no UTF-8', () => ({ target: path, body: Buffer.of(0xff, 0xfe) }), 400, 'truncated'],
    [
      'a hundred thousand brackets',
      () => ({ target: path, body: Buffer.alloc(100_000, '[') }),
      400,
      'truncated',
    ],
    ['a number', () => ({ target: path, body: Buffer.from('1') }), 400, 'unknown-version'],
    [
      'a member too many',
      () => withBody((json) => void (json.fields['extra'] = { nullValue: null })),
      400,
      'unknown-version',
    ],
    [
      'a prototype',
      () => ({
        target: path,
        body: Buffer.from(genuine!.body)
          .toString()
          .replace('{"fields":{', '{"fields":{"__proto__":{"x":1},') as unknown as Uint8Array,
      }),
      400,
      'unknown-version',
    ],
    [
      'no chain',
      () => withBody((json) => void (json.fields.certificateChain.arrayValue.values = [])),
      403,
      'bad-certificate',
    ],
    ['another schema', () => changed({ schemaVersion: 3 }), 400, 'unknown-version'],
    [
      'other bins',
      () => changed({ prioParams: { ...genuine!.upload.prioParams, bins: 3 } }),
      404,
      'wrong-task',
    ],
    [
      'another prime',
      () => changed({ prioParams: { ...genuine!.upload.prioParams, prime: 7 } }),
      404,
      'wrong-task',
    ],
    [
      'another epsilon',
      () => changed({ prioParams: { ...genuine!.upload.prioParams, epsilon: 2 } }),
      404,
      'wrong-task',
    ],
    [
      'a weight',
      () => changed({ prioParams: { ...genuine!.upload.prioParams, hammingWeight: 1 } }),
      404,
      'wrong-task',
    ],
    ['one share', () => changed({ shares: [leaderShare!] }), 400, 'wrong-share-size'],
    [
      'shares the other way round',
      () => changed({ shares: [helperShare!, leaderShare!] }),
      400,
      'wrong-share-size',
    ],
    [
      'a changed share',
      () =>
        changed({
          shares: [{ ...leaderShare!, payload: flipped(leaderShare!.payload, 90) }, helperShare!],
        }),
      403,
      'bad-signature',
    ],
    [
      'another’s signature',
      () => changed({ signature: second!.upload.signature }),
      403,
      'bad-signature',
    ],
    [
      'another’s chain',
      () => changed({ certificateChain: second!.upload.certificateChain }),
      403,
      'bad-signature',
    ],
    [
      'a leaf of nobody',
      () =>
        changed({
          certificateChain: [
            flipped(genuine!.upload.certificateChain[0]!, 300),
            ...genuine!.upload.certificateChain.slice(1),
          ],
        }),
      403,
      'bad-certificate',
    ],
    [
      'a key of yesterday',
      () =>
        changed({
          certificateChain: phones.documents(bits, { createdMs: NOON - DAY_MS })[0]!.upload
            .certificateChain,
        }),
      403,
      'bad-certificate',
    ],
    [
      'a key for another metric',
      () => {
        const other = createPhones({ vendor: 'google', metric: 'puppies-seen' });
        return changed({ certificateChain: other.documents(bits)[0]!.upload.certificateChain });
      },
      403,
      'bad-certificate',
    ],
  ])('%s', async (_name, make, status, reason) => {
    const { target, body } = make();
    const answer = await ingestor.create({ target, body: Buffer.from(body) });
    expect([answer.status, answer.reason]).toEqual([status, reason]);
    const { error } = JSON.parse(answer.body) as { error: Record<string, unknown> };
    expect(error).toMatchObject({
      code: status,
      status: expect.stringMatching(/^[A-Z_]+$/) as unknown,
    });
    expect(ingestor.lines).toHaveLength(1);
    expect(ingestor.lines[0]).toMatchObject({ event: 'upload-refused', form: 'android', reason });
    // A log is lines, and headers are ours: nothing of a target is in either.
    const said = JSON.stringify([ingestor.lines, answer.headers]);
    for (const secret of ['set-cookie', genuine!.upload.uuid, 'puppies']) {
      expect(said).not.toContain(secret);
    }
    expect(await ingestor.service.pendingCount()).toBe(0);
    expect((await ingestor.create(genuine!)).status).toBe(200);
  });

  test('other methods, and bodies that no document has', async () => {
    expect((await ingestor.ask('GET', path)).status).toBe(405);
    const large = await ingestor.create({ target: path, body: new Uint8Array(2 ** 20) });
    expect(large.status).toBe(413);
    const unknown = { target: path.replace('enpa-us-wa', 'x'), body: new Uint8Array(2 ** 15) };
    expect((await ingestor.create(unknown)).status).toBe(413);
  });
});

describe('after another', () => {
  test('the same document is the same wherever it is put, another of its key is not', async () => {
    expect((await ingestor.create(genuine!)).status).toBe(200);
    expect((await ingestor.create(genuine!)).status).toBe(200);
    const moved = encodeDocument(genuine!.upload, { ...PLACE, prefix: 44 });
    expect((await ingestor.create(moved)).status).toBe(200);
    const [again] = phones.documents(bits, { name: 'again' });
    const answer = await ingestor.create(again!);
    expect([answer.status, answer.reason]).toEqual([409, 'replayed']);
    await ingestor.service.cut();
    expect((await ingestor.create(again!)).reason).toBe('replayed');
    expect(ingestor.batches.map(({ leader }) => leader.count)).toEqual([1]);
  });

  test('another phone with the same uuid', async () => {
    expect((await ingestor.create(genuine!)).status).toBe(200);
    const [twin] = phones.documents(bits, { first: 30, uuid: genuine!.upload.uuid });
    const answer = await ingestor.create(twin!);
    expect([answer.status, answer.reason]).toEqual([409, 'duplicate-report-id']);
  });

  test('an old document is stale', async () => {
    ingestor.clock.advanceTo(NOON + 2 * 3_600_000);
    expect((await ingestor.create(genuine!)).reason).toBe('stale');
    ingestor.clock.advanceTo(NOON + DAY_MS);
    const today = encodeDocument({ ...genuine!.upload, createdMs: NOON + DAY_MS }, PLACE);
    expect((await ingestor.create(today)).reason).toBe('bad-certificate');
  });

  test('a report’s id is its uuid', async () => {
    await ingestor.create(genuine!);
    await ingestor.service.cut();
    const { reportIds } = ingestor.batches[0]!.leader;
    expect(uuidText(reportIds)).toBe(genuine!.upload.uuid);
  });
});

describe('across vendors', () => {
  test('google takes nothing of apple’s, and apple no documents', async () => {
    const [upload] = apple.uploads(bits);
    const answer = await ingestor.post(upload!);
    expect([answer.status, answer.reason]).toEqual([404, 'wrong-task']);
    const borrowed = phones.uploads(bits, { authority: 'apple', certifiedAs: 'apple' })[0]!;
    expect((await ingestor.post(borrowed)).reason).toBe('bad-certificate');
    const other = await openTestIngestor({ vendor: 'apple', tasks: [phones.task, apple.task] });
    expect((await other.create(genuine!)).status).toBe(404);
    await other.close();
  });

  test('without an authority there is no plain form', async () => {
    const alone = await openTestIngestor({
      vendor: 'google',
      tasks: [phones.task],
      hasAuthority: false,
    });
    expect((await alone.ask('POST', '/v1/uploads')).status).toBe(404);
    expect((await alone.create(genuine!)).status).toBe(200);
    await alone.close();
  });
});
