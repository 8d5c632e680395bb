/**
 * What a portal finds in the bucket of one processor: signed sum parts as the real servers write
 * them, each with its list of refused reports. What can't be read, or isn't signed by whom it
 * should be, is named and left out; nothing in a bucket ends the search.
 * Source: ENPA sections 6.1, 6.2 (names), 6.4 (order of reading), 10 point 4.
 */

import { sha256 } from '@priolab/crypto';
import {
  EnpaError,
  checkPacketDigest,
  decodeContainer,
  openHeader,
  readSumPartPath,
  records,
  sumPartPath,
} from '@priolab/roles/enpa';
import type {
  BatchVerifier,
  NamedSumPart,
  ServerIndex,
  SumPart,
  SumPartName,
} from '@priolab/roles/enpa';
import { TransportError } from '@priolab/runtime';
import type { ObjectStore } from '@priolab/runtime';

/** A sum part that is not taken, by the key of its signature. */
export interface SumPartProblem {
  readonly key: string;
  /** That of the error; `incomplete`: objects are missing, perhaps not for long. */
  readonly code: string;
  readonly detail: string;
}

export interface FoundSumParts {
  readonly parts: readonly NamedSumPart[];
  readonly problems: readonly SumPartProblem[];
  /** Keys that are no sum part's of this server. */
  readonly otherCount: number;
}

const EMPTY = new Uint8Array(0);

/**
 * @param options `instances`: left out, all
 * @throws TransportError where the bucket can't be listed
 */
export async function readSumParts(options: {
  readonly store: ObjectStore;
  /** Whose sum parts: 0, the first server; 1, the facilitator. */
  readonly server: ServerIndex;
  readonly verifier: BatchVerifier;
  readonly instances?: ReadonlySet<string>;
}): Promise<FoundSumParts> {
  const { store, server, instances } = options;
  const named = new Map<string, SumPartName>();
  let otherCount = 0;
  for (const key of await store.list('')) {
    const read = readSumPartPath(key);
    if (read === undefined || read.server !== server) {
      otherCount += 1;
      continue;
    }
    if (instances?.has(read.instance) === false) continue;
    const { instance, aggregation, start, end } = read;
    const name = { instance, aggregation, start, end };
    named.set(sumPartPath(name, server).signature, name);
  }
  const parts: NamedSumPart[] = [];
  const problems: SumPartProblem[] = [];
  for (const [key, name] of named) {
    try {
      parts.push(await readSumPart(options, name));
    } catch (error) {
      if (!(error instanceof EnpaError || error instanceof TransportError)) throw error;
      problems.push({ key, code: error.code, detail: error.message });
    }
  }
  return { parts, problems, otherCount };
}

async function readSumPart(
  {
    store,
    server,
    verifier,
  }: {
    readonly store: ObjectStore;
    readonly server: ServerIndex;
    readonly verifier: BatchVerifier;
  },
  name: SumPartName,
): Promise<NamedSumPart> {
  const keys = sumPartPath(name, server);
  const signature = await store.get(keys.signature);
  if (signature === undefined) {
    throw new EnpaError('incomplete', `${keys.signature}: expected a signature, got none yet`);
  }
  const header = await store.get(keys.header);
  const parts = header === undefined ? { signature } : { signature, header };
  const opened = openHeader(records.sumPart, parts, verifier);
  checkName(name, opened.header);
  // No refused reports, no object: the servers of 2021 made none of zero bytes.
  const packets = opened.packets ?? (await store.get(keys.packets)) ?? EMPTY;
  checkPacketDigest(opened.header, sha256(packets));
  const invalid = packets.length === 0 ? [] : decodeContainer(records.invalidPacket, packets);
  return { name, part: opened.header, invalid: invalid.map(({ uuid }) => uuid) };
}

/** A part under another's name would be counted where it does not belong. */
function checkName(name: SumPartName, part: SumPart): void {
  const pairs = [
    ['name', name.aggregation, part.name],
    ['aggregation_start_time', name.start, part.aggregationStartTime],
    ['aggregation_end_time', name.end, part.aggregationEndTime],
  ] as const;
  for (const [field, expected, got] of pairs) {
    if (expected === got) continue;
    const text = `${field}: expected ${expected}, as its name says, got ${got}`;
    throw new EnpaError('wrong-value', text);
  }
}
