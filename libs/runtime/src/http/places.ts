/**
 * Who may hold a connection: so many at all, and so many of one address. A new one takes the place
 * of one that only waits: of the oldest that has sent no whole head yet, else of the one that has
 * been idle longest since its last answer. One with a request at work keeps its place.
 */

import type { Socket } from 'node:net';

import type { TrustedProxies } from './proxies.ts';

export interface Places {
  /** A connection has come; if there is no place for it, it is closed. */
  enter(socket: Socket): void;
  /** The head of a request is there; call the result when its answer is out, or never will be. */
  work(socket: Socket): () => void;
}

interface Place {
  readonly network: string;
  /** Whose heads were received and whose answers are not out. */
  working: number;
}

/** In the order in which they began to wait: a set keeps it. */
interface Waiting {
  /** Without a whole head so far. */
  readonly fresh: Set<Socket>;
  /** Between two requests. */
  readonly idle: Set<Socket>;
}

export function createPlaces(limits: {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** They may have as many as there are. */
  readonly proxies: Pick<TrustedProxies, 'has'>;
}): Places {
  const { connectionsMax, connectionsPerAddressMax, proxies } = limits;
  const places = new Map<Socket, Place>();
  const all = createWaiting();
  /** By network. */
  const neighbours = new Map<string, Waiting & { count: number }>();

  const stopWaiting = (socket: Socket, { fresh, idle }: Waiting): void => {
    fresh.delete(socket);
    idle.delete(socket);
  };
  const leave = (socket: Socket): void => {
    const place = places.get(socket);
    if (place === undefined) return;
    places.delete(socket);
    const near = neighbours.get(place.network)!;
    for (const waiting of [all, near]) stopWaiting(socket, waiting);
    if (--near.count === 0) neighbours.delete(place.network);
  };
  /** False if all are at work. */
  const makeRoom = ({ fresh, idle }: Waiting): boolean => {
    const [oldest] = fresh.size > 0 ? fresh : idle;
    if (oldest === undefined) return false;
    leave(oldest);
    oldest.destroy();
    return true;
  };
  return {
    enter(socket) {
      const { remoteAddress } = socket;
      // Gone before it was looked at.
      if (remoteAddress === undefined) return void socket.destroy();
      const network = networkOf(remoteAddress);
      const before = neighbours.get(network);
      const isCrowded =
        (before?.count ?? 0) >= connectionsPerAddressMax && !proxies.has(remoteAddress);
      // Who has too many makes room among its own, whether or not there are places for others.
      if (isCrowded && !makeRoom(before!)) return void socket.destroy();
      if (places.size >= connectionsMax && !makeRoom(all)) return void socket.destroy();
      const near = neighbours.get(network) ?? { ...createWaiting(), count: 0 };
      neighbours.set(network, near);
      near.count++;
      places.set(socket, { network, working: 0 });
      for (const { fresh } of [all, near]) fresh.add(socket);
      socket.once('close', () => leave(socket));
    },
    work(socket) {
      const place = places.get(socket);
      if (place === undefined) return () => {};
      const near = neighbours.get(place.network)!;
      place.working++;
      for (const waiting of [all, near]) stopWaiting(socket, waiting);
      return () => {
        if (--place.working > 0 || !places.has(socket)) return;
        for (const { idle } of [all, near]) idle.add(socket);
      };
    },
  };
}

function createWaiting(): Waiting {
  return { fresh: new Set(), idle: new Set() };
}

/**
 * What counts as one address: an IPv4 address, also one written as IPv6, or the 64 leading bits of
 * an IPv6 address, below which a subscriber has as many as it likes.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1]!;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%', 1)[0]!.split('::');
  const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const groups = groupsOf(head);
  if (tail !== undefined) {
    const last = groupsOf(tail);
    groups.push(...Array<string>(Math.max(0, 8 - groups.length - last.length)).fill('0'), ...last);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
