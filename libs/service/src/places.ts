/** Readings that the configurations of all services share: where to listen, where things are. */

import { resolve } from 'node:path';

import { isAddressRange } from '@priolab/runtime';

import type { JsonNode } from './checks.ts';

const RANGE = 'an address, or a range such as 10.0.0.0/8';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** An object with `port`, and `host` where it is not this machine alone. */
export function readAddress(node: JsonNode): Address {
  const { host, port } = node.members('host', 'port');
  return { host: readHost(host), port: port.integer(0, 65_535) };
}

/** Whoever wants it to be seen from elsewhere says so. */
export function readHost(node: JsonNode): string {
  if (!node.present) return '127.0.0.1';
  return node.text(/^[0-9A-Za-z.:-]{1,253}$/, 'a host name or address');
}

/** Addresses and ranges of proxies in front, of whom it is believed whose requests they pass on. */
export function readTrustedProxies(node: JsonNode): readonly string[] {
  if (!node.present) return [];
  return node.items(0, 64).map((one) => {
    const range = one.text(/^[0-9A-Fa-f.:/]{1,64}$/, RANGE);
    if (!isAddressRange(range)) one.fail(RANGE);
    return range;
  });
}

/** A path as it is meant in a file of that folder; a URL, or SQLite's memory, as it is. */
export function inFolder(folder: string, place: string): string {
  return /^[a-z0-9]+:\/\//.test(place) || place === ':memory:' ? place : resolve(folder, place);
}
