/**
 * Who sent a request that a proxy of our own passed on: the last address of `x-forwarded-for` that
 * is not one of our proxies. What stands before it was written by whoever sent the request.
 */

import { BlockList, isIP } from 'node:net';

import { isAddressRange } from '../address-range.ts';

export interface TrustedProxies {
  /** True for an address of a proxy of our own. */
  has(address: string): boolean;
  /**
   * @param peer the other end of the connection
   * @param forwardedFor the header, its lines joined by commas
   * @returns an address: the peer's where it is none of ours, or has passed on nothing of use
   */
  clientOf(peer: string, forwardedFor: string | undefined): string;
}

/** @param ranges as `isAddressRange` takes them @throws RangeError */
export function createTrustedProxies(ranges: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const range of ranges) {
    if (!isAddressRange(range)) {
      throw new RangeError(`expected an address or a range such as 10.0.0.0/8, got '${range}'`);
    }
    const [address = '', bits] = range.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  const has = (address: string): boolean =>
    ranges.length > 0 && isIP(address) !== 0 && list.check(address, familyOf(address));
  return {
    has,
    clientOf(peer, forwardedFor) {
      let client = peer;
      let rest = forwardedFor;
      // From the nearest hop on: each was written by the one after it, which is one of ours.
      while (rest !== undefined && has(client)) {
        const comma = rest.lastIndexOf(',');
        const hop = addressOf(rest.slice(comma + 1).trim());
        if (hop === undefined) break;
        client = hop;
        rest = comma === -1 ? undefined : rest.slice(0, comma);
      }
      return client;
    },
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** Some proxies write a port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressOf(hop: string): string | undefined {
  const bare = /^(\d+\.\d+\.\d+\.\d+):\d+$|^\[([^\]]+)\](?::\d+)?$/.exec(hop);
  const address = bare?.[1] ?? bare?.[2] ?? hop;
  return isIP(address) === 0 ? undefined : address;
}
