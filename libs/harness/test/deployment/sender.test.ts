/** Uploads on their way: in order, several at a time, again where it helps; each answer judged. */

import { reasonCode } from '@priolab/roles';
import type { Vendor } from '@priolab/roles';
import { TransportError } from '@priolab/runtime/stores';
import type { UploadAnswer } from '@priolab/nodes/upload-http';
import { describe, expect, test } from 'vitest';

import { createSender } from '../../src/deployment/sender.ts';
import type { SenderOptions } from '../../src/deployment/sender.ts';
import { createUploadArena } from '../../src/deployment/shard-uploads.ts';

const HOUR_MS = 3_600_000;
const DAY = Date.UTC(2021, 11, 1);
const at = (hour: number): number => DAY + hour * HOUR_MS;
const stored: UploadAnswer = { kind: 'stored' };

/** Uploads are one byte each, their number. */
function uploadsAt(hours: readonly number[]) {
  const arena = createUploadArena();
  hours.forEach((hour, i) => arena.add(Uint8Array.of(i), at(hour)));
  return arena;
}

function senderOf(
  send: (upload: number, attempt: number) => UploadAnswer | Promise<UploadAnswer>,
  options: Partial<SenderOptions> & { tellsRepeats?: boolean } = {},
) {
  const attempts = new Map<number, number>();
  const lane = {
    tellsRepeats: options.tellsRepeats ?? true,
    async send(upload: Uint8Array) {
      const attempt = (attempts.get(upload[0]!) ?? 0) + 1;
      attempts.set(upload[0]!, attempt);
      return send(upload[0]!, attempt);
    },
  };
  const waits: number[] = [];
  const sender = createSender({
    lanes: { apple: lane, google: lane },
    concurrency: 4,
    pause: async (ms) => void waits.push(ms),
    ...options,
  });
  return { sender, waits };
}

const vendor: Vendor = 'apple';
const lost = new TransportError('unavailable', 'lost', { retryable: true, definite: false });

test('hour by hour, by a clock that goes with them; what is late a day later', async () => {
  const arena = uploadsAt([5, 2, 5.5, 23]);
  arena.repeat(0, 'copy');
  arena.repeat(1, 'next-day');
  const said: (string | number)[] = [];
  const { sender } = senderOf((upload) => {
    said.push(upload);
    return said.filter((one) => one === upload).length > 1 ? { kind: 'stored-before' } : stored;
  });
  const setTime = (timeMs: number) => void said.push(`${(timeMs - DAY) / HOUR_MS} h`);
  await sender.send(vendor, arena.take('plain'), setTime);
  expect(said).toEqual(['2 h', 1, '5.5 h', 0, 2, '5 h', 0, '23 h', 3, '26 h', 1]);
  expect(sender.uploads).toMatchObject({ sent: 6, stored: 4, storedBefore: 2 });
  expect(sender.deviations.answers).toBe(0);
});

test('as many at a time as allowed, and no hour before the last is answered', async () => {
  const hours = Array.from({ length: 40 }, (_, i) => Math.floor(i / 10));
  let underWay = 0;
  let most = 0;
  const { sender } = senderOf(async () => {
    most = Math.max(most, (underWay += 1));
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    underWay -= 1;
    return stored;
  });
  await sender.send(vendor, uploadsAt(hours).take('plain'), () => expect(underWay).toBe(0));
  expect(most).toBe(4);
  expect(sender.uploads.stored).toBe(40);
});

describe('the same bytes again', () => {
  test('where no answer came: what the first try stored counts as stored', async () => {
    const { sender, waits } = senderOf((upload, attempt) => {
      if (attempt < 3) throw lost;
      return upload === 0 ? { kind: 'stored-before' } : stored;
    });
    await sender.send(vendor, uploadsAt([1, 1]).take('plain'), () => {});
    expect(sender.uploads).toMatchObject({ sent: 2, stored: 2, storedBefore: 0, retries: 4 });
    expect(sender.deviations.answers).toBe(0);
    // Longer from time to time.
    expect(waits.toSorted((a, b) => a - b)).toEqual([20, 20, 40, 40]);
  });

  test('when the ingestor asks for it, after the time that it asks for', async () => {
    const { sender, waits } = senderOf((_, attempt) => {
      if (attempt === 1) return { kind: 'try-again', detail: 'busy', retryAfterS: 1 };
      if (attempt > 2) return stored;
      return { kind: 'refused', reason: 'rate-limited', detail: 'often', retryAfterS: 600 };
    });
    await sender.send(vendor, uploadsAt([1]).take('plain'), () => {});
    // No run waits for ten minutes of a phone's time.
    expect(waits).toEqual([1000, 2000]);
    expect(sender.uploads).toMatchObject({ stored: 1, retries: 2, refused: {} });
  });

  test('but not for ever', async () => {
    const { sender } = senderOf(
      () => {
        throw lost;
      },
      { tries: 3 },
    );
    await sender.send(vendor, uploadsAt([1]).take('plain'), () => {});
    expect(sender.uploads).toMatchObject({ sent: 1, stored: 0, unanswered: 1, retries: 2 });
    expect(sender.deviations.examples).toEqual([
      'apple: an upload: got unanswered (lost); in memory stored',
    ]);
  });

  test('a bug is no answer', async () => {
    const { sender } = senderOf(() => Promise.reject(new TypeError('odd')));
    const sent = sender.send(vendor, uploadsAt([1]).take('plain'), () => {});
    await expect(sent).rejects.toThrow('odd');
  });
});

describe('answers that are not those of memory', () => {
  const answered = async (memory: Parameters<typeof reasonCode>[0], answer: UploadAnswer) => {
    const arena = uploadsAt([1]);
    arena.setReason(0, reasonCode(memory));
    const { sender } = senderOf(() => answer);
    await sender.send(vendor, arena.take('plain'), () => {});
    return sender.deviations;
  };
  const refused = (reason: 'stale' | 'truncated' | 'bad-signature'): UploadAnswer => {
    return { kind: 'refused', reason, detail: 'why' };
  };

  test.each([
    ['none', refused('truncated'), 'got refused, truncated (why); in memory stored'],
    ['none', { kind: 'stored-before' }, 'got stored-before; in memory stored'],
    ['truncated', stored, 'got stored; in memory refused, truncated'],
    ['truncated', refused('stale'), 'got refused, stale (why); in memory refused, truncated'],
  ] as const)('%s: %j', async (memory, answer, text) => {
    expect(await answered(memory, answer)).toEqual({
      answers: 1,
      examples: [`apple: an upload: ${text}`],
    });
  });

  test.each([
    ['none', stored],
    ['truncated', refused('truncated')],
    // A time that was changed on its way: one goes by days, the other by hours.
    ['stale', refused('bad-signature')],
    ['bad-signature', refused('stale')],
  ] as const)('but not %s: %j', async (memory, answer) => {
    expect(await answered(memory, answer)).toMatchObject({ answers: 0 });
  });

  test('a copy that is stored as well; Firestore does not tell', async () => {
    const send = async (tellsRepeats: boolean) => {
      const arena = uploadsAt([1]);
      arena.repeat(0, 'copy');
      const { sender } = senderOf(() => stored, { tellsRepeats });
      await sender.send(vendor, arena.take('plain'), () => {});
      return { ...sender.uploads, ...sender.deviations };
    };
    expect(await send(true)).toMatchObject({ stored: 2, storedBefore: 0, answers: 1 });
    // That it is not counted twice is seen in the batches.
    expect(await send(false)).toMatchObject({ stored: 1, storedBefore: 1, answers: 0 });
  });
});
