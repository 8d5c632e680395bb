/**
 * Who means no good, from other addresses of this machine: more connections than there are places,
 * each of which sends a byte now and then; bodies that are too long, uploads that are nonsense, and
 * others with a bad signature, which cost most.
 */

import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { UPLOAD_PATH, UPLOAD_TYPE } from '@priolab/nodes/upload-http';

export interface Attack {
  /** How often each kind of it got which answer. */
  stop(): Promise<Readonly<Record<string, number>>>;
}

export interface AttackOptions {
  readonly url: string;
  /** A genuine upload, to be spoiled. */
  readonly upload: Uint8Array;
  readonly slowConnections: number;
  readonly perSecond: number;
  /** Of loopback, other than the phones'; empty: the phones' own. */
  readonly addresses: readonly string[];
}

const OVERSIZED = 2 ** 20;
/** Until a slow connection that was closed comes again. */
const REOPEN_MS = 1_000;

export function startAttack(options: AttackOptions): Attack {
  const { slowConnections, perSecond } = options;
  const answers: Record<string, number> = {};
  const note = (name: string): void => void (answers[name] = (answers[name] ?? 0) + 1);
  let isOver = false;
  const sockets = new Set<Socket>();

  const slow = async (_: unknown, index: number): Promise<void> => {
    while (!isOver) {
      const { hostname, port } = new URL(options.url);
      const socket = connect({ host: hostname, port: Number(port), ...from(options, index) });
      sockets.add(socket);
      const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
      socket.on('error', () => {});
      socket.resume();
      socket.write(`POST ${UPLOAD_PATH} HTTP/1.1\r\nhost: x\r\n`);
      const drip = setInterval(() => socket.write('x'), 500);
      await closed;
      clearInterval(drip);
      sockets.delete(socket);
      note('slow connection: closed by the server');
      if (!isOver) await pause(REOPEN_MS);
    }
  };
  const flood = async (): Promise<void> => {
    for (let i = 0; !isOver; i++) {
      const { name, body } = spoiled(options.upload, i);
      void post(options, body).then((answer) => note(`${name}: ${answer}`));
      await pause(1000 / perSecond);
    }
  };
  const works = [...Array.from({ length: slowConnections }, slow), flood()];
  return {
    async stop() {
      isOver = true;
      for (const socket of sockets) socket.destroy();
      await Promise.all(works);
      return answers;
    },
  };
}

function from({ addresses }: AttackOptions, index: number): { localAddress?: string } {
  return addresses.length === 0 ? {} : { localAddress: addresses[index % addresses.length]! };
}

function spoiled(upload: Uint8Array, i: number): { name: string; body: Uint8Array } {
  switch (i % 4) {
    case 0:
      return { name: 'oversized', body: new Uint8Array(OVERSIZED) };
    case 1:
      return { name: 'malformed', body: upload.subarray(0, (i * 7919) % upload.length) };
    case 2:
      return { name: 'another task', body: changed(upload, 1) };
    default:
      return { name: 'bad signature', body: changed(upload, upload.length - 1) };
  }
}

function changed(upload: Uint8Array, at: number): Uint8Array {
  const copy = upload.slice();
  copy[at]! ^= 1;
  return copy;
}

/** The status, or what became of the connection. */
function post(options: AttackOptions, body: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'content-type': UPLOAD_TYPE, 'content-length': body.length };
    const sent = request(
      new URL(UPLOAD_PATH, options.url),
      { method: 'POST', headers, agent: false, timeout: 10_000, ...from(options, 0) },
      (response) => {
        response.resume();
        resolve(String(response.statusCode));
      },
    );
    sent.on('error', () => resolve('connection ended'));
    sent.on('timeout', () => sent.destroy());
    sent.end(body);
  });
}
