/**
 * Faults that the wall clock's adversaries know too (`adversary/catalogue.ts`): what they do and
 * the reasons for which they are refused are written there, once.
 */

import { adversaries } from '../../adversary/catalogue.ts';
import type { AdversaryId } from '../../adversary/catalogue.ts';
import type { FaultReason } from '../reasons.ts';

const ofNetwork = (id: AdversaryId): boolean => id.startsWith('net.');
/** Words of the adversary catalogue that begin with their own subject. */
const HAS_SUBJECT = /^(?:the upload|one byte)\b/;

/** `about` and `reasons` of a fault that is an adversary as well. */
export function asAdversary(id: AdversaryId): { about: string; reasons?: readonly FaultReason[] } {
  const { about, refusedAs } = adversaries[id];
  const text = HAS_SUBJECT.test(about)
    ? `${about[0]!.toUpperCase()}${about.slice(1)}`
    : `${ofNetwork(id) ? 'The network' : 'A device'} ${about}`;
  return { about: `${text}.`, ...(refusedAs.length === 0 ? {} : { reasons: refusedAs }) };
}
