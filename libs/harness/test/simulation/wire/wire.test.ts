/**
 * The wire alone, around a network with one front: what arrives is what was sent, what is lost is
 * lost, and real timing, here made up, changes nothing.
 */

import { STORED, TRY_AGAIN } from '@priolab/nodes';
import { createUploadClient } from '@priolab/nodes/upload-http';
import { REASONS } from '@priolab/roles';
import { TransportError, createNetwork, createTimeline } from '@priolab/runtime';
import type { NetworkPolicy } from '@priolab/runtime';
import { createDirectClient, createFetchClient } from '@priolab/runtime/http';
import type { HttpClient } from '@priolab/runtime/http';
import { afterEach, describe, expect, test } from 'vitest';

import { openRoads } from '../../../src/simulation/wire/roads.ts';
import type { Roads } from '../../../src/simulation/wire/roads.ts';
import { openWire } from '../../../src/simulation/wire/wire.ts';
import type { Wire } from '../../../src/simulation/wire/wire.ts';

const FRONT = 'ingestion/apple/0';
const KINDS = ['msw', 'http'] as const;
const LATENCY_MS = 10;
const TIMEOUT_MS = 100;

const opened: Wire[] = [];
afterEach(async () => {
  for (const wire of opened.splice(0)) await wire.close();
});

interface Site {
  readonly wire: Wire;
  readonly timeline: ReturnType<typeof createTimeline>;
  readonly log: string[];
  /** Bytes that came to the front. */
  readonly came: Uint8Array[];
  /** Sends at `atMs`; what comes of it is in the log. */
  send(atMs: number, name: string, bytes: Uint8Array): void;
  /** Sends now. */
  sendNow(name: string, bytes: Uint8Array): void;
  policy(policy: NetworkPolicy): void;
}

/** A front that answers each upload with its first byte. */
async function siteOf(
  kind: (typeof KINDS)[number],
  open: typeof openRoads = openRoads,
): Promise<Site> {
  const timeline = createTimeline(0);
  const wire = await openWire(kind, [FRONT], open);
  opened.push(wire);
  const network = wire.over(createNetwork({ timeline, latencyMs: () => LATENCY_MS }), timeline);
  const log: string[] = [];
  const came: Uint8Array[] = [];
  network.listen(FRONT, async (bytes) => {
    came.push(bytes);
    log.push(`${timeline.nowMs()} came ${bytes.join(',').slice(0, 20)}`);
    return bytes.subarray(0, 1);
  });
  const sendNow = async (name: string, bytes: Uint8Array): Promise<void> => {
    const call = { from: 'phone/apple', to: FRONT, key: name, bytes, timeoutMs: TIMEOUT_MS };
    const heard = await network.call(call).then(
      (response) => `answer ${response.join(',')}`,
      (error: unknown) => (error instanceof TransportError ? error.code : String(error)),
    );
    log.push(`${timeline.nowMs()} ${name} ${heard}`);
  };
  return {
    wire,
    timeline,
    log,
    came,
    send: (atMs, name, bytes) => void timeline.at(atMs, () => void sendNow(name, bytes)),
    sendNow: (name, bytes) => void sendNow(name, bytes),
    policy: (policy) => network.addPolicy(policy),
  };
}

describe.each(KINDS)('over %s', (kind) => {
  test('uploads arrive as they were sent, and every answer comes back', async () => {
    const { send, timeline, log, came, wire } = await siteOf(kind);
    const answers = [STORED, TRY_AGAIN, ...REASONS.keys()].slice(0, 12).filter((one) => one >= 0);
    answers.forEach((answer, k) => send(1000 * k, `upload ${k}`, Uint8Array.of(answer, 0, 13, k)));
    await timeline.driveUntil(60_000);
    expect(came).toEqual(answers.map((answer, k) => Uint8Array.of(answer, 0, 13, k)));
    expect(log.filter((line) => line.includes('upload'))).toEqual(
      answers.map((answer, k) => `${1000 * k + 2 * LATENCY_MS} upload ${k} answer ${answer}`),
    );
    expect(wire.sent).toEqual({ overHttp: answers.length, directly: 0 });
  });

  test('what is lost on either leg is a timeout, when its time is over', async () => {
    const { send, timeline, log, policy } = await siteOf(kind);
    policy(({ leg, key }, deliver) => {
      if (key !== `lost ${leg}`) deliver({ leg, key, from: 'p', to: FRONT, bytes: STORED_BYTES });
    });
    send(0, 'lost request', STORED_BYTES);
    send(5, 'lost response', STORED_BYTES);
    send(50, 'not lost', STORED_BYTES);
    await timeline.driveUntil(1000);
    expect(log.filter((line) => !line.includes('came'))).toEqual([
      `${50 + 2 * LATENCY_MS} not lost answer 0`,
      `${TIMEOUT_MS} lost request timeout`,
      `${TIMEOUT_MS + 5} lost response timeout`,
    ]);
  });

  test('a front that never answers is a timeout as well', async () => {
    const { send, timeline, log, policy } = await siteOf(kind);
    policy((transmission, deliver) => deliver({ ...transmission, to: 'nobody' }));
    send(0, 'upload', STORED_BYTES);
    await timeline.driveUntil(1000);
    expect(log).toEqual([`${TIMEOUT_MS} upload timeout`]);
  });

  test('of two answers the second is heard by nobody', async () => {
    const { send, timeline, log, came, policy } = await siteOf(kind);
    policy((transmission, deliver) => {
      deliver(transmission);
      if (transmission.leg === 'request') deliver({ ...transmission, bytes: Uint8Array.of(4, 4) });
    });
    send(0, 'upload', STORED_BYTES);
    await timeline.driveUntil(1000);
    expect(came).toHaveLength(2);
    expect(log.filter((line) => line.includes('upload'))).toEqual(['20 upload answer 0']);
  });

  test('bytes that the network changes arrive changed, empty ones too', async () => {
    const { send, timeline, came, policy } = await siteOf(kind);
    policy((transmission, deliver) => {
      const bytes = transmission.key === 'cut' ? new Uint8Array() : Uint8Array.of(9, 9);
      deliver(transmission.leg === 'request' ? { ...transmission, bytes } : transmission);
    });
    send(0, 'cut', STORED_BYTES);
    send(500, 'changed', STORED_BYTES);
    await timeline.driveUntil(1000);
    expect(came).toEqual([new Uint8Array(), Uint8Array.of(9, 9)]);
  });

  test('a megabyte is for the front to refuse', async () => {
    const { send, timeline, came } = await siteOf(kind);
    send(0, 'large', new Uint8Array(2 ** 20).fill(2));
    await timeline.driveUntil(1000);
    expect(Buffer.from(came[0]!).equals(Buffer.alloc(2 ** 20, 2))).toBe(true);
  });

  test('what is open when the wire closes lets go', async () => {
    const { send, timeline, log, wire, policy } = await siteOf(kind);
    policy(() => {});
    send(0, 'upload', STORED_BYTES);
    await timeline.driveUntil(50);
    await wire.close();
    expect(log).toEqual([]);
  });
});

const STORED_BYTES = Uint8Array.of(STORED, 1, 2);

describe('sockets', () => {
  test('so many are open at once, and what comes on top behaves alike', async () => {
    const { send, timeline, log, wire, policy } = await siteOf('http');
    policy(() => {});
    for (let k = 0; k < 430; k++) send(k % 7, `upload ${k}`, STORED_BYTES);
    await timeline.driveUntil(50);
    expect(wire.sent).toEqual({ overHttp: 400, directly: 30 });
    await timeline.driveUntil(1000);
    const expected = Array.from({ length: 430 }, (_, k) => `${(k % 7) + 100} upload ${k} timeout`);
    expect(log.toSorted()).toEqual(expected.toSorted());
  });

  test('a request that is no call of the run does nothing', async () => {
    let roads: Roads | undefined;
    const { came, timeline } = await siteOf('http', async (kind, services) => {
      roads = await openRoads(kind, services);
      return roads;
    });
    const stranger = createUploadClient({
      client: createFetchClient(),
      url: roads!.to(FRONT).url,
    });
    expect(await stranger.send(STORED_BYTES)).toMatchObject({ kind: 'try-again' });
    await timeline.driveUntil(1000);
    expect(came).toEqual([]);
  });
});

/** Roads that take so many turns of the machine's event loop each way. */
const slowRoads =
  (nextTurns: () => number): typeof openRoads =>
  async (_, services) => {
    const wait = async (): Promise<void> => {
      for (let left = nextTurns(); left > 0; left--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const clients = new Map<string, HttpClient>();
    for (const [end, service] of services) {
      const client = createDirectClient(service);
      const send: HttpClient['send'] = async (request) => {
        await wait();
        const response = await client.send(request);
        await wait();
        return response;
      };
      clients.set(end, { ...client, send });
    }
    return {
      to: (end) => ({ client: clients.get(end)!, url: 'http://front.test' }),
      async close() {},
    };
  };

describe('real timing', () => {
  /** Uploads of one moment, of which some are doubled and some lost: what was seen, in order. */
  async function run(delays: readonly number[]): Promise<readonly string[]> {
    let k = 0;
    const nextTurns = () => delays[k++ % delays.length]!;
    const { sendNow, timeline, log, policy } = await siteOf('msw', slowRoads(nextTurns));
    let count = 0;
    policy((transmission, deliver) => {
      // By the order of arrival, which a fault with a dose goes by as well.
      count += 1;
      if (count % 5 === 0) return;
      deliver(transmission);
      if (count % 7 === 0) deliver(transmission);
    });
    for (let moment = 0; moment < 4; moment++) {
      timeline.at(moment, () => {
        for (let i = 0; i < 5; i++) sendNow(`upload ${moment} ${i}`, Uint8Array.of(STORED, i));
      });
    }
    await timeline.driveUntil(1000);
    return log;
  }

  test('does not show in what happens, nor in its order', async () => {
    const expected = await run([0]);
    expect(expected.length).toBeGreaterThan(30);
    expect(expected.join()).toContain('timeout');
    expect(await run([90, 0, 40, 10, 70])).toEqual(expected);
    expect(await run([0, 110, 20])).toEqual(expected);
  });

  test('a machine whose network fails ends the run: it is no fault of the scenario', async () => {
    const failing: HttpClient = {
      send: () => {
        const outcome = { retryable: true, definite: false };
        return Promise.reject(new TransportError('unavailable', 'no route', outcome));
      },
      async close() {},
    };
    const { send, timeline, log } = await siteOf('http', async () => ({
      to: () => ({ client: failing, url: 'http://front.test' }),
      async close() {},
    }));
    send(0, 'upload', STORED_BYTES);
    await expect(timeline.driveUntil(1000)).rejects.toThrow('expected an answer, got none');
    expect(log).toEqual(['0 upload WireError: ingestion/apple/0: expected an answer, got none']);
  });
});
