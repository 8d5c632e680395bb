/** Server-sent events out of a fetch's body, however it is cut. */

import { expect, test } from 'vitest';

import { readEvents } from '../../page/event-stream.ts';
import type { StreamEvent } from '../../page/event-stream.ts';

const TEXT =
  ': hello\n\nevent: result\r\ndata: {"id":"ä"}\r\n\r\n: still here\n\ndata: a\ndata: b\n\n';
const EVENTS = [
  { event: 'result', data: '{"id":"ä"}' },
  { event: 'message', data: 'a\nb' },
];

async function read(text: string, pieceSize: number) {
  const bytes = new TextEncoder().encode(text);
  const events: StreamEvent[] = [];
  let signs = 0;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += pieceSize) {
        controller.enqueue(bytes.slice(at, at + pieceSize));
      }
      controller.close();
    },
  });
  await readEvents(
    stream,
    (event) => events.push(event),
    () => (signs += 1),
  );
  return { events, signs };
}

test.each([1, 2, 3, 7, 1000])('are the same in pieces of %i bytes', async (size) => {
  const { events, signs } = await read(TEXT, size);
  expect(events).toEqual(EVENTS);
  expect(signs).toBe(Math.ceil(new TextEncoder().encode(TEXT).length / size));
});

test('half an event at the end is none', async () => {
  expect((await read('data: a\n\ndata: b', 100)).events).toEqual([{ event: 'message', data: 'a' }]);
});

test('what never ends an event is refused before it fills the memory', async () => {
  await expect(read('a'.repeat(70_000), 1000)).rejects.toThrow('longer than any may be');
});
