/** The stream of events is opened again after growing pauses, and not at all after signing out. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { RefusedError } from '../../page/api.ts';
import type { Api } from '../../page/api.ts';
import { follow } from '../../page/live.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** @param answers what each opening of the stream gives; after the last one it fails */
function createFollower(answers: readonly (string | Error)[]) {
  const heard: string[] = [];
  const stop = new AbortController();
  let opened = 0;
  const events = async (): Promise<ReadableStream<Uint8Array>> => {
    const answer = answers[opened++] ?? new TypeError('no network');
    if (answer instanceof Error) throw answer;
    return new Response(answer).body!;
  };
  const listener = {
    onState: (state: string) => void heard.push(state),
    onResult: () => void heard.push('result'),
    onOpen: () => void heard.push('open'),
    onRefused: ({ status }: RefusedError) => void heard.push(`refused ${status}`),
  };
  const done = follow({ events } as unknown as Api, listener, stop.signal);
  return { heard, stop, done, opened: () => opened };
}

test('pauses double up to half a minute; whatever is heard makes the next one short', async () => {
  const { heard, opened, stop, done } = createFollower([
    new TypeError('no network'),
    new TypeError('no network'),
    'event: result\ndata: {}\n\n',
    ': hello\n\n',
  ]);
  await vi.advanceTimersByTimeAsync(999);
  expect(opened()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(opened()).toBe(2);
  await vi.advanceTimersByTimeAsync(2000);
  expect(heard).toEqual(['waiting', 'waiting', 'live', 'open', 'result', 'waiting']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(heard.slice(6)).toEqual(['live', 'open', 'waiting']);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  // 1, 2, 4, 8 and 16 s, then every 30 s.
  expect(opened()).toBe(4 + 5 + 18);
  stop.abort();
  await done;
});

test('signing out ends it, in the middle of a pause', async () => {
  const { opened, stop, done } = createFollower([]);
  await vi.advanceTimersByTimeAsync(10);
  stop.abort();
  await done;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened()).toBe(1);
});

test('a key that is refused ends it, too many listeners do not', async () => {
  const { heard, opened, done } = createFollower([
    new RefusedError(503, 'too many'),
    new RefusedError(401, 'revoked'),
  ]);
  await vi.advanceTimersByTimeAsync(1000);
  await done;
  expect(heard).toEqual(['waiting', 'refused 401']);
  expect(opened()).toBe(2);
});
