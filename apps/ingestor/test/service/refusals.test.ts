/**
 * Everything that is refused in the plain form: the answer, its reason, and what the log says of
 * it, which is never a byte of the upload.
 */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  CERTIFICATE_AT,
  DAY_MS,
  DEVICE_KEY_AT,
  LEADER_AT,
  LEADER_SIZE_AT,
  REPORT_ID_AT,
  TASK_ID_AT,
  writeUint32,
} from '@priolab/roles';
import { createVirtualClock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';

import { createStopping } from '../faulty-database.ts';
import { openTestIngestor } from '../ingestor.ts';
import type { TestIngestor } from '../ingestor.ts';
import { NOON, createPhones, someBits } from '../phones.ts';
import { signatureOf } from '../resign.ts';

const HOUR_MS = 3_600_000;
const phones = createPhones({ vendor: 'apple' });
const bits = someBits(4);
const [genuine, second, third] = phones.uploads(bits) as [Uint8Array, Uint8Array, Uint8Array];
const stranger = createPhones({ vendor: 'google' });

function changed(at: number, to: number | Uint8Array, upload = genuine): Uint8Array {
  const copy = upload.slice();
  if (typeof to === 'number') copy[at]! ^= to;
  else copy.set(to, at);
  return copy;
}

function withSize(size: number): Uint8Array {
  const copy = genuine.slice();
  writeUint32(copy, LEADER_SIZE_AT, size);
  return copy;
}

let ingestor: TestIngestor;

beforeEach(async () => {
  ingestor = await openTestIngestor({ vendor: 'apple', tasks: [phones.task, stranger.task] });
});

afterEach(() => ingestor.close());

const earlier = (ms: number) => phones.uploads(bits, { createdMs: NOON - ms })[0]!;

describe('one upload', () => {
  test.each<[string, () => Uint8Array, number, string]>([
    ['nothing', () => new Uint8Array(0), 400, 'truncated'],
    ['a head alone', () => genuine.subarray(0, LEADER_AT), 400, 'truncated'],
    ['one byte less', () => genuine.subarray(0, -1), 400, 'truncated'],
    ['one byte more', () => Buffer.concat([genuine, Buffer.of(0)]), 413, 'oversized'],
    ['a megabyte', () => new Uint8Array(2 ** 20), 413, 'oversized'],
    ['another version', () => changed(0, 2), 400, 'unknown-version'],
    ['a task that nobody has', () => changed(TASK_ID_AT, 1), 404, 'wrong-task'],
    ['a task of the other vendor', () => stranger.uploads(bits)[0]!, 404, 'wrong-task'],
    ['a share of 4 GiB', () => withSize(0xffff_ffff), 400, 'wrong-share-size'],
    ['a share of one byte less', () => withSize(1), 400, 'wrong-share-size'],
    ['too old', () => earlier(3 * HOUR_MS + 1), 410, 'stale'],
    ['from tomorrow', () => earlier(-DAY_MS), 410, 'stale'],
    ['a time of 2^64', () => changed(33, new Uint8Array(8).fill(0xff)), 410, 'stale'],
    ['another key', () => changed(DEVICE_KEY_AT + 9, 1), 403, 'bad-certificate'],
    ['a key that is none', () => changed(DEVICE_KEY_AT, 4), 403, 'bad-certificate'],
    ['another certificate', () => changed(CERTIFICATE_AT + 9, 1), 403, 'bad-certificate'],
    [
      'another authority',
      () => phones.uploads(bits, { authority: 'x' })[0]!,
      403,
      'bad-certificate',
    ],
    [
      'certified as the other vendor’s',
      () => phones.uploads(bits, { certifiedAs: 'google' })[0]!,
      403,
      'bad-certificate',
    ],
    [
      'certified by the other vendor’s authority',
      () => phones.uploads(bits, { authority: 'google' })[0]!,
      403,
      'bad-certificate',
    ],
    ['another share', () => changed(LEADER_AT + 80, 1), 403, 'bad-signature'],
    ['another report id', () => changed(REPORT_ID_AT, 1), 403, 'bad-signature'],
    ['another signature', () => changed(genuine.length - 1, 1), 403, 'bad-signature'],
    [
      'another phone’s credential',
      () => changed(DEVICE_KEY_AT, second.slice(DEVICE_KEY_AT, LEADER_SIZE_AT)),
      403,
      'bad-signature',
    ],
  ])('%s', async (_name, make, status, reason) => {
    const upload = make();
    const answer = await ingestor.post(upload);
    expect([answer.status, answer.reason]).toEqual([status, reason]);
    expect(await ingestor.service.pendingCount()).toBe(0);
    // Oversized bodies are the server's to refuse: they are not read.
    if (status === 413) return;
    expect(ingestor.lines).toHaveLength(1);
    const [line] = ingestor.lines;
    expect(line).toMatchObject({ level: 'info', event: 'upload-refused', form: 'plain', reason });
    expectNoBytes(upload);
    expect((await ingestor.post(genuine)).status).toBe(201);
  });

  test('oversized for its own task, though another has longer ones', async () => {
    const wide = createPhones({ vendor: 'apple', metric: 'wide', bins: 30 });
    const both = await openTestIngestor({ vendor: 'apple', tasks: [phones.task, wide.task] });
    const answer = await both.post(Buffer.concat([genuine, Buffer.of(0)]));
    expect([answer.status, answer.reason]).toEqual([413, 'oversized']);
    expect(both.lines[0]).toMatchObject({ event: 'upload-refused', reason: 'oversized' });
    await both.close();
  });
});

/** No eight bytes of it are in the log, in hex or in base64. */
function expectNoBytes(upload: Uint8Array): void {
  const text = JSON.stringify(ingestor.lines);
  for (let at = 0; at + 8 <= upload.length; at += 8) {
    const bytes = Buffer.from(upload.subarray(at, at + 8));
    // Zeros and ones are in texts as well.
    if (new Set(bytes).size < 4) continue;
    expect(text).not.toContain(bytes.toString('hex'));
    expect(text).not.toContain(bytes.toString('base64').slice(0, 10));
  }
}

describe('after another', () => {
  test('another report of the same phone, task and day', async () => {
    const [again] = phones.uploads(bits, { name: 'again' });
    expect((await ingestor.post(genuine)).status).toBe(201);
    const answer = await ingestor.post(again!);
    expect([answer.status, answer.reason]).toEqual([409, 'replayed']);
    expect(ingestor.lines.at(-1)).toMatchObject({ event: 'upload-refused', reason: 'replayed' });
    // Of both at once the first is taken.
    const [one, two] = [third, phones.uploads(bits, { name: 'again' })[2]!];
    const both = await Promise.all([ingestor.post(one), ingestor.post(two)]);
    expect(both.map(({ status }) => status)).toEqual([201, 409]);
    await ingestor.service.cut();
    expect((await ingestor.post(again!)).reason).toBe('replayed');
    expect(ingestor.batches.map(({ leader }) => leader.count)).toEqual([2]);
  });

  test('another phone’s report with the same id', async () => {
    const [twin] = phones.uploads(bits, { first: 50, name: 'reports' });
    const copy = resigned(twin!);
    expect((await ingestor.post(genuine)).status).toBe(201);
    const answer = await ingestor.post(copy);
    expect([answer.status, answer.reason]).toEqual([409, 'duplicate-report-id']);
  });

  test('more uploads of a key than a day has', async () => {
    await ingestor.close();
    const limits = { uploadsPerKeyMax: 2 };
    ingestor = await openTestIngestor({ vendor: 'apple', tasks: [phones.task], limits });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await ingestor.post(genuine)).status);
    expect(statuses).toEqual([201, 200, 429]);
    const answer = await ingestor.post(genuine);
    expect(answer.reason).toBe('rate-limited');
    expect(Number(answer.headers['retry-after'])).toBe(DAY_MS / 2000);
    // Nobody else's, and nobody can use up another's with uploads that are not attested.
    for (let i = 0; i < 5; i++) await ingestor.post(changed(second.length - 1, 1, second));
    expect((await ingestor.post(second)).status).toBe(201);
  });

  test('too many bad signatures from one address', async () => {
    await ingestor.close();
    const limits = { failuresPerRemoteMax: 3 };
    ingestor = await openTestIngestor({ vendor: 'apple', tasks: [phones.task], limits });
    const bad = changed(genuine.length - 1, 1);
    const reasons: unknown[] = [];
    for (let i = 0; i < 4; i++) reasons.push((await ingestor.post(bad, '10.0.0.1')).reason);
    expect(reasons.slice(0, 3)).toEqual(Array(3).fill('bad-signature'));
    expect(reasons[3]).toBe('rate-limited');
    expect((await ingestor.post(genuine, '10.0.0.2')).status).toBe(201);
    expect(JSON.stringify(ingestor.lines)).not.toContain('10.0.0.1');
  });
});

/** The upload of device 50 with the report id of `genuine`, under its own signature. */
function resigned(upload: Uint8Array): Uint8Array {
  const copy = upload.slice();
  copy.set(genuine.subarray(REPORT_ID_AT, REPORT_ID_AT + 16), REPORT_ID_AT);
  copy.set(signatureOf({ vendor: 'apple', device: 50, upload: copy }), copy.length - 64);
  return copy;
}

describe('when the server can’t', () => {
  test('the state is gone: try again, and then it is stored once', async () => {
    const database = await openDatabase('sqlite::memory:');
    for (const isDone of [false, true]) {
      const upload = isDone ? second : genuine;
      const stopping = createStopping({ step: 1, isDone });
      const opened = { is: false };
      const broken = await openTestIngestor({
        vendor: 'apple',
        tasks: [phones.task],
        database: {
          ...database,
          query: (...a) => (opened.is ? stopping.database(database) : database).query(...a),
        },
      });
      opened.is = true;
      const answer = await broken.post(upload);
      expect([answer.status, answer.reason]).toEqual([503, undefined]);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(broken.lines.map(({ event }) => event)).toEqual(['store-failed', 'upload-put-off']);
      opened.is = false;
      // Where it was stored after all the phone learns that.
      expect((await broken.post(upload)).status).toBe(isDone ? 200 : 201);
      await broken.close();
    }
    await database.close();
  });

  test('too many wait: the rest is put off at once, those that wait are stored', async () => {
    await ingestor.close();
    const limits = { waitingMax: 3, groupMax: 2 };
    ingestor = await openTestIngestor({ vendor: 'apple', tasks: [phones.task], limits });
    const many = phones.uploads(someBits(8));
    const answers = await Promise.all(many.map((upload) => ingestor.post(upload)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, ...Array(5).fill(503)]);
    expect(Number(answers[7]!.headers['retry-after'])).toBe(5);
    expect(ingestor.service.waitingCount()).toBe(0);
    const retried = await Promise.all(many.slice(3, 6).map((upload) => ingestor.post(upload)));
    expect(retried.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  test('it stops: what it has is answered, what comes is put off', async () => {
    const underWay = [ingestor.post(genuine), ingestor.service.close(), ingestor.post(second)];
    const [first, , late] = await Promise.all(underWay);
    expect([first!.status, late!.status]).toEqual([201, 503]);
    expect(ingestor.lines.at(-1)).toMatchObject({ event: 'upload-put-off' });
  });

  test('a group is one statement, whatever came together', async () => {
    const database = await openDatabase('sqlite::memory:');
    const statements: string[] = [];
    const counting = await openTestIngestor({
      vendor: 'apple',
      tasks: [phones.task],
      database: {
        ...database,
        query: (sql, parameters) => {
          statements.push(sql);
          return database.query(sql, parameters);
        },
      },
    });
    const many = phones.uploads(someBits(12));
    const answers = await Promise.all(many.map((upload) => counting.post(upload)));
    expect(answers.map(({ status }) => status)).toEqual(many.map(() => 201));
    expect(statements).toHaveLength(1);
    await counting.close();
    await database.close();
  });
});

describe('other addresses', () => {
  test.each([
    '/', '/v1/uploads/', '/v1/uploads?x=1', '//v1/uploads', '/v1/%75ploads', '/V1/uploads',
    '/v1/./uploads', '/../v1/uploads', '/v1/uploads%00', '/v1/projects/enpa-us-wa/databases',
  ])('%s', async (target) => {
    const answer = await ingestor.ask('POST', target);
    expect(answer.status).toBe(404);
    expect((await ingestor.ask('POST', target, new Uint8Array(2 ** 15))).status).toBe(413);
    expect(ingestor.lines).toEqual([]);
  }); // prettier-ignore
});

test('a flood of refusals is counted, not listed', async () => {
  await ingestor.close();
  const limits = { refusalLinesMax: 3 };
  const clock = createVirtualClock(NOON);
  ingestor = await openTestIngestor({ vendor: 'apple', tasks: [phones.task], limits, clock });
  for (let i = 0; i < 200; i++) await ingestor.post(new Uint8Array(1));
  // The machine may have been slow: some seconds, three lines and a count each.
  expect(ingestor.lines.length).toBeLessThan(100);
  expect(ingestor.lines.length).toBeGreaterThanOrEqual(3);
});
