/**
 * Requests whose body is being read or whose answer is not out: so many at all, and so many of one
 * address.
 */

import { networkOf } from './places.ts';

export interface Requests {
  /** @returns what to call when the answer is out or never will be; undefined: one too many */
  begin(remote: string): (() => void) | undefined;
}

export function createRequests(limits: {
  readonly requestsMax: number;
  readonly perAddressMax: number;
}): Requests {
  const { requestsMax, perAddressMax } = limits;
  const counts = new Map<string, number>();
  let all = 0;
  return {
    begin(remote) {
      const network = networkOf(remote);
      const before = counts.get(network) ?? 0;
      if (all >= requestsMax || before >= perAddressMax) return undefined;
      counts.set(network, before + 1);
      all++;
      return () => {
        const left = counts.get(network)! - 1;
        if (left === 0) counts.delete(network);
        else counts.set(network, left);
        all--;
      };
    },
  };
}
