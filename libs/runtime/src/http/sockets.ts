/**
 * Which connections have answers under way, so that one that turns to garbage, or a server that
 * closes, first lets these out, and never writes into the middle of another answer.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Sockets {
  /** A request has begun on a socket; call the result when its answer is out, or never will be. */
  begin(socket: Duplex, request: IncomingMessage, response: ServerResponse): () => void;
  /** Ends a connection that broke the rules, with an answer if none is under way. */
  refuse(socket: Duplex, answer: string | undefined): void;
  /** Ends connections with no answer under way, and the others after theirs. */
  closeWaiting(): void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export function createSockets(): Sockets {
  const exchanges = new Map<Duplex, Set<Exchange>>();
  const ending = new WeakSet<Duplex>();
  /** Those of which everything was received: at work, or being answered. */
  const atWork = (socket: Duplex): Exchange[] =>
    [...(exchanges.get(socket) ?? [])].filter(
      ({ request, response }) => request.complete || response.headersSent,
    );
  return {
    begin(socket, request, response) {
      const exchange = { request, response };
      const begun = exchanges.get(socket) ?? new Set();
      exchanges.set(socket, begun.add(exchange));
      return () => {
        begun.delete(exchange);
        if (begun.size === 0) exchanges.delete(socket);
        if (ending.has(socket) && atWork(socket).length === 0) socket.end();
      };
    },
    refuse(socket, answer) {
      const working = atWork(socket);
      if (working.length > 0 && socket.writable) {
        ending.add(socket);
        for (const { response } of working) {
          if (!response.headersSent) response.shouldKeepAlive = false;
        }
        return;
      }
      if (answer === undefined || !socket.writable) return void socket.destroy();
      socket.end(answer, () => socket.destroy());
    },
    closeWaiting() {
      for (const socket of exchanges.keys()) {
        if (atWork(socket).length === 0) socket.destroy();
        else ending.add(socket);
      }
    },
  };
}
