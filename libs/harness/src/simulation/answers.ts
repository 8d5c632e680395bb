/**
 * What upload servers answered, whether or not a phone heard it: of a phone that gave up it can't
 * be told from the phone whether its report was refused.
 */

import { STORED, TRY_AGAIN } from '@priolab/nodes';
import type { Network } from '@priolab/runtime';

import type { Book } from './book.ts';
import { reportOf } from './faults/network.ts';

/** To be called after all other policies are put on the network: it looks at what servers send. */
export function watchAnswers(network: Network, book: Book): void {
  network.addPolicy((transmission, deliver) => {
    const { leg, bytes } = transmission;
    const report = leg === 'response' ? reportOf(transmission) : undefined;
    const answer = bytes[0] ?? TRY_AGAIN;
    const isRefusal = answer !== STORED && answer !== TRY_AGAIN;
    if (report !== undefined && isRefusal) book.refusedAtTheDoor(report, answer);
    deliver(transmission);
  });
}
