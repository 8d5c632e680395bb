/** Readings that the configurations of all services share: where to listen, where things are. */

import { resolve } from 'node:path';

import type { JsonNode } from './checks.ts';

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

/** A path as it is meant in a file of that folder; a URL, or SQLite's memory, as it is. */
export function inFolder(folder: string, place: string): string {
  return /^[a-z0-9]+:\/\//.test(place) || place === ':memory:' ? place : resolve(folder, place);
}
