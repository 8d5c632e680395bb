/**
 * Joins what we said about a batch with what the peer said, and decides each report. Only ids join:
 * order and duplicates need not match, and who is missing at one side is refused by both.
 * Source: ENPA section 6.5 steps 2 to 5, 5.2 (the rule).
 */

import { setImmediate as turn } from 'node:timers/promises';

import { createPrio2 } from '@priolab/prio';
import { reasonCode } from '@priolab/roles';
import { records } from '@priolab/roles/enpa';
import type { ValidityHeader } from '@priolab/roles/enpa';

import { decodeParameters, encodeParameters } from './desk.ts';
import type { Desk, InstanceDesk } from './desk.ts';
import { openBatch, packetLists } from './objects.ts';
import type { OpenedBatch } from './objects.ts';
import { createPeerWords } from './peer-words.ts';
import { peerOf, validationNames } from './places.ts';
import { decodeSaid } from './said.ts';
import { uuidBytes } from './share-blocks.ts';
import type { BatchRow } from './state.ts';
import { Refused } from './task-errors.ts';

const PEER_MISSING = reasonCode('peer-missing');
const PROOF_INVALID = reasonCode('proof-invalid');

/**
 * @returns false where the peer has not said anything yet
 * @throws EnpaError where what it says can't be read, Refused where it is about another batch
 */
export async function decide(
  desk: Desk,
  instance: InstanceDesk,
  row: BatchRow,
  extend: () => Promise<void>,
): Promise<boolean> {
  if (row.state === 'decided') return true;
  const opened = await readPeer(desk, instance, row);
  if (opened === undefined) return false;
  const countBytes = (count: number): void => desk.metrics.aggregateBytes(row.aggregation, count);
  const words = createPeerWords(row.reportCount);
  for await (const packets of packetLists(records.validityPacket, opened, countBytes)) {
    for (const { uuid, fR, gR, hR } of packets) words.add(uuidBytes(uuid), fR, gR, hR);
  }
  const { bins } = decodeParameters(row.parameters);
  const prio2 = createPrio2(bins);
  const verdicts: Uint8Array[] = [];
  for await (const { said } of desk.state.chunks(row)) {
    const { count, status, values, idOf } = decodeSaid(said);
    const peer = new Uint32Array(3 * count);
    for (let i = 0; i < count; i++) {
      if (status[i] === 0 && !words.take(idOf(i), peer, 3 * i)) status[i] = PEER_MISSING;
    }
    prio2.decideBlock(count, values, peer, status, PROOF_INVALID);
    verdicts.push(status);
    await extend();
    await turn();
  }
  await desk.state.putDecided(row, verdicts);
  desk.reach('decide.noted');
  return true;
}

async function readPeer(
  desk: Desk,
  { validations, trust }: InstanceDesk,
  row: BatchRow,
): Promise<OpenedBatch<ValidityHeader> | undefined> {
  const names = validationNames(row, peerOf(desk.config.role));
  const opened = await openBatch(validations, records.validityHeader, names, trust.peer);
  if (opened === undefined) return undefined;
  const { header } = opened;
  const isOurs = header.batchUuid === row.batchUuid;
  if (isOurs && encodeParameters(header) === row.parameters) return opened;
  const got = `${header.batchUuid} ${encodeParameters(header)}`;
  const text = `${names.header}: expected ${row.batchUuid} ${row.parameters}, got ${got}`;
  throw new Refused('header-mismatch', text);
}
