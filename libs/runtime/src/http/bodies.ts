/**
 * Bodies of requests in memory: none longer than allowed, and all of them together no more bytes
 * than were set aside. Bytes count when they have come, not when they are announced, so that nobody
 * takes up room by announcing; they count until the request is answered.
 */

import type { IncomingMessage } from 'node:http';

import { createBodyBuffer } from './exchange.ts';

export interface Bodies {
  /** Whether a body of that announced length could be held now. */
  hasRoomFor(size: number): boolean;
  hold(): HeldBody;
}

export interface HeldBody {
  /** No longer counted after anything but bytes. */
  read(
    request: IncomingMessage,
    sizeMax: number,
  ): Promise<Uint8Array | 'too-large' | 'no-room' | 'gone'>;
  /** It is not needed any more. */
  release(): void;
}

export function createBodies(bytesMax: number): Bodies {
  let heldBytes = 0;
  return {
    hasRoomFor: (size) => heldBytes + size <= bytesMax,
    hold() {
      let ownBytes = 0;
      const release = (): void => {
        heldBytes -= ownBytes;
        ownBytes = 0;
      };
      return {
        release,
        async read(request, sizeMax) {
          const found = await readBody(request, sizeMax, (size) => {
            if (heldBytes + size > bytesMax) return false;
            heldBytes += size;
            ownBytes += size;
            return true;
          });
          if (typeof found === 'string') release();
          return found;
        },
      };
    },
  };
}

/** Listens rather than iterates: an iterator that is left would destroy the socket, unanswered. */
function readBody(
  request: IncomingMessage,
  sizeMax: number,
  take: (size: number) => boolean,
): Promise<Uint8Array | 'too-large' | 'no-room' | 'gone'> {
  const buffer = createBodyBuffer(sizeMax);
  return new Promise((resolve) => {
    const stop = (why: 'too-large' | 'no-room'): void => {
      request.off('data', onData);
      request.pause();
      resolve(why);
    };
    const onData = (piece: Buffer): void => {
      if (!take(piece.length)) stop('no-room');
      else if (!buffer.append(piece)) stop('too-large');
    };
    request.on('data', onData);
    request.once('end', () => resolve(buffer.bytes()));
    request.once('close', () => resolve('gone'));
  });
}
