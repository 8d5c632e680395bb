/**
 * Server-sent events, read from the body of a fetch: `EventSource` can't send the key in a header.
 * Source: HTML standard, section 9.2 (parsing an event stream). Comments are heartbeats.
 */

export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** No event of the portal is nearly as long: what is longer is no event stream. */
const BUFFER_MAX = 65_536;

/** Reads to the end of the stream; `onEvent` gets each whole event, `onSign` each piece of life. */
export async function readEvents(
  stream: ReadableStream<Uint8Array>,
  onEvent: (event: StreamEvent) => void,
  onSign: () => void = () => {},
): Promise<void> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onSign();
      rest += decoder.decode(value, { stream: true });
      // A line break cut in half waits for its other half.
      const text = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
      const parts = text.replaceAll(/\r\n?/g, '\n').split('\n\n');
      rest = parts.pop()! + (text === rest ? '' : '\r');
      for (const part of parts) {
        const event = parseEvent(part);
        if (event !== undefined) onEvent(event);
      }
      if (rest.length > BUFFER_MAX) throw new RangeError('an event is longer than any may be');
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function parseEvent(text: string): StreamEvent | undefined {
  let event = 'message';
  const data: string[] = [];
  for (const line of text.split('\n')) {
    const [, field, value] = /^(event|data):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event = value!;
    if (field === 'data') data.push(value!);
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}
