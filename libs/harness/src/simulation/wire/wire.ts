/**
 * Uploads of a simulated run over real HTTP: what a phone sends goes through the device's HTTP
 * client to the edge of the simulated network, intercepted in process or over a socket, and what
 * its bytes are there is what the network carries, delays, loses or changes on the way to the front
 * and back. The edge answers as an ingestor does (`createUploadService`). Real HTTP takes no
 * simulated time, and nothing of its timing is seen by the run: see `outside.ts` of the runtime.
 */

import { STORED, TRY_AGAIN } from '@priolab/nodes';
import { createUploadClient, createUploadService } from '@priolab/nodes/upload-http';
import type { UploadAnswer } from '@priolab/nodes/upload-http';
import { reasonCode, reasonOf } from '@priolab/roles';
import { createOutside } from '@priolab/runtime';
import type { DrivenTimeline, Network, Outside } from '@priolab/runtime';
import { createDirectClient } from '@priolab/runtime/http';
import type { HttpClient, HttpService } from '@priolab/runtime/http';

import { openRoads } from './roads.ts';
import type { Road, WireKind } from './roads.ts';

export interface Wire {
  /** The same network, but that what is called goes there over HTTP. */
  over(network: Network, timeline: DrivenTimeline): Network;
  /** Requests so far: over HTTP, and called directly where too many were open. */
  readonly sent: { readonly overHttp: number; readonly directly: number };
  close(): Promise<void>;
}

type Message = Parameters<Network['call']>[0];

/** A request that is to come to the edge, or is there. */
interface Call {
  readonly to: string;
  /** The edge has its body; resolves with what is to be answered. */
  arrive(upload: Uint8Array): Promise<UploadAnswer>;
  /** Its sender waits no longer. */
  giveUp(): void;
}

/** Which call of the run a request is. */
const CALL_HEADER = 'x-priolab-call';
/** What is too long is for the front to refuse, behind the network. */
const UPLOAD_SIZE_MAX = 16 * 1024 * 1024;
/**
 * Requests that are open at once over sockets, each with two file descriptors: a lost one is open
 * until its phone gives up. What comes on top is handed to the edge directly.
 */
const OPEN_MAX = 400;
/** For who is not listening: the phone has given up, or is none of this run. */
const GONE: UploadAnswer = { kind: 'try-again', detail: 'expected a call', retryAfterS: 1 };

/**
 * @param ends names of the fronts on the network
 * @param open for tests: other roads
 */
export async function openWire(
  kind: WireKind,
  ends: readonly string[],
  open: typeof openRoads = openRoads,
): Promise<Wire> {
  const calls = new Map<number, Call>();
  const services = new Map(ends.map((end) => [end, edgeOf(calls, end)]));
  const roads = await open(kind, services);
  const openMax = kind === 'http' ? OPEN_MAX : Infinity;
  const sent = { overHttp: 0, directly: 0 };
  let isOpen = true;

  const roadTo = (end: string): Road => {
    const road = roads.to(end);
    const isFree = calls.size < openMax;
    sent[isFree ? 'overHttp' : 'directly'] += 1;
    return isFree ? road : { ...road, client: createDirectClient(services.get(end)!) };
  };

  return {
    sent,
    over(network, timeline) {
      const outside = createOutside(timeline);
      let callCount = 0;
      return {
        ...network,
        async call(message) {
          const number = ++callCount;
          const road = roadTo(message.to);
          const sender = createUploadClient({ ...road, client: numbered(road.client, number) });
          const { call, start } = placeCall({ network, outside, message, sender });
          calls.set(number, call);
          try {
            return await start();
          } catch (error) {
            // Whoever waits when all is over waits for ever, as on a machine that is off.
            if (!isOpen) return await new Promise<never>(() => {});
            // The machine's own network failed, which no fault of the run may look like.
            if (error instanceof WireError) timeline.fail(error);
            throw error;
          } finally {
            calls.delete(number);
          }
        },
      };
    },
    async close() {
      isOpen = false;
      for (const { giveUp } of calls.values()) giveUp();
      await roads.close();
    },
  };
}

class WireError extends Error {
  override readonly name = 'WireError';
}

/** A message on its way: over HTTP to the edge, then through the network and back. */
function placeCall(parts: {
  readonly network: Network;
  readonly outside: Outside;
  readonly message: Message;
  readonly sender: ReturnType<typeof createUploadClient>;
}): { readonly call: Call; start(): Promise<Uint8Array> } {
  const { network, outside, message, sender } = parts;
  const { to, bytes } = message;
  const sending = new AbortController();
  const arrived = outside.begin();
  let returned: ReturnType<Outside['begin']> | undefined;
  let lost: Error | undefined;
  let answer: (one: UploadAnswer) => void = () => {};
  const giveUp = (): void => {
    sending.abort();
    answer(GONE);
  };
  const carry = (upload: Uint8Array): void => {
    network.call({ ...message, bytes: upload }).then(
      (response) => {
        returned = outside.begin();
        answer(answerOf(response));
      },
      (error: Error) => {
        returned = outside.begin();
        lost = error;
        giveUp();
      },
    );
  };
  const arrive = (upload: Uint8Array): Promise<UploadAnswer> =>
    new Promise((resolve) => {
      answer = resolve;
      arrived(() => carry(upload));
    });
  const start = (): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        if (lost !== undefined) returned!(() => reject(lost!));
        else end();
      };
      sender.send(bytes, sending.signal).then(
        (heard) =>
          settle(() => {
            if (returned !== undefined) returned(() => resolve(bytesOf(heard)));
            else
              reject(new WireError(`${to}: expected an answer that was given, got ${heard.kind}`));
          }),
        (cause: unknown) =>
          settle(() => reject(new WireError(`${to}: expected an answer, got none`, { cause }))),
      );
    });
  return { call: { to, arrive, giveUp }, start };
}

/** The edge in front of one end: hands uploads to their calls. */
function edgeOf(calls: ReadonlyMap<number, Call>, end: string): HttpService {
  return createUploadService({
    sizeMax: UPLOAD_SIZE_MAX,
    async receive(upload, { headers }) {
      const call = calls.get(Number(headers[CALL_HEADER]));
      return call?.to === end ? call.arrive(upload) : GONE;
    },
  });
}

function numbered(client: HttpClient, number: number): HttpClient {
  return {
    ...client,
    send: (request) =>
      client.send({ ...request, headers: { ...request.headers, [CALL_HEADER]: String(number) } }),
  };
}

/** The one byte of a front (`nodes/ingestion/front.ts`) as an answer to an upload. */
function answerOf([byte = TRY_AGAIN]: Uint8Array): UploadAnswer {
  if (byte === STORED) return { kind: 'stored' };
  if (byte === TRY_AGAIN) return { kind: 'try-again', detail: 'expected a store', retryAfterS: 1 };
  const reason = reasonOf(byte);
  return {
    kind: 'refused',
    reason,
    detail: `expected an upload to keep, got one that is ${reason}`,
  };
}

function bytesOf(answer: UploadAnswer): Uint8Array {
  switch (answer.kind) {
    case 'stored':
    case 'stored-before':
      return Uint8Array.of(STORED);
    case 'try-again':
      return Uint8Array.of(TRY_AGAIN);
    case 'refused':
      return Uint8Array.of(reasonCode(answer.reason));
  }
}
