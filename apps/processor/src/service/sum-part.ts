/**
 * Writes a sum part where the portal reads it: the list of refused reports first, then the header
 * that is the sum, then its signature. Source: ENPA sections 6.1 (PrioSumPart), 6.2.
 */

import { sha256 } from '@priolab/crypto';
import { encodeContainer, records, sealHeader } from '@priolab/roles/enpa';

import { decodeParameters } from './desk.ts';
import type { Desk } from './desk.ts';
import { putSame } from './objects.ts';
import { sumNames, syncOf } from './places.ts';
import type { WindowName } from './state.ts';
import type { Total } from './sum.ts';

const EMPTY = new Uint8Array(0);

/** Twice it is the same. */
export async function writeSumPart(
  { config, portal, signer, reach }: Desk,
  part: {
    readonly window: WindowName;
    readonly endMs: number;
    readonly parameters: string;
    readonly total: Total;
  },
): Promise<void> {
  const { window, endMs, total } = part;
  const names = sumNames(window, endMs, config.role);
  const { bins, ...rest } = decodeParameters(part.parameters);
  const invalid = total.invalid.map((uuid) => ({ uuid }));
  const form = { sync: syncOf(names.packets) };
  const packets =
    invalid.length === 0 ? EMPTY : encodeContainer(records.invalidPacket, invalid, form);
  // A bucket has no objects of zero bytes: readers take a missing one for no packets.
  if (packets.length > 0) await putSame(portal, names.packets, packets);
  reach('sum.packets-written');
  const header = {
    batchUuids: total.batches,
    bins,
    ...rest,
    sum: [...(total.sum ?? new Uint32Array(bins))],
    aggregationStartTime: window.startMs,
    aggregationEndTime: endMs,
    packetFileDigest: sha256(packets),
    totalIndividualClients: total.clientCount,
  };
  const headerForm = { sync: syncOf(names.header) };
  const sealed = sealHeader(records.sumPart, header, signer, headerForm);
  await putSame(portal, names.header, sealed.header);
  reach('sum.header-written');
  await portal.put(names.signature, sealed.signature);
  reach('sum.signature-written');
}
