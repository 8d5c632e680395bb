/**
 * What ENPA's servers of 2021 did and ours don't: switches, all off, that bring one behaviour back
 * (`services.legacy`), so that it can be shown which oracle would have noticed. Data only.
 * `source` is the description of the protocol as it was run (`enpa.md`), by section.
 */

import type { OracleId } from '../expectations/oracles.ts';

export interface LegacySwitch {
  /** One sentence: what the party does while the switch is on. */
  readonly about: string;
  /** Section of `enpa.md`, and the public code that it cites. */
  readonly source: string;
  /** The oracle that must turn red while the switch is on and there is something to see. */
  readonly reddens: OracleId;
}

export const legacySwitches = {
  'root-check-by-identity': {
    about:
      'The ingestor rejects r only where it is 1: it compares by object identity, and so lets ' +
      '0 and all other roots of unity pass; processors do not look.',
    source: 'enpa.md 5.3 and 9.2 no. 47; Google ingestion, DataShare.java',
    reddens: 'rand.safe',
  },
  'count-invalid-proofs': {
    about:
      'A processor counts reports whose proof failed as clients, so that counts exceed the sums ' +
      'that they are divided by.',
    source: 'enpa.md 6.5 and 9.2 no. 29; prio-server, facilitator/src/aggregation.rs',
    reddens: 'count.exact',
  },
  'per-batch-dedup': {
    about:
      'Ids that were seen are remembered within one batch only: a report that comes again in ' +
      'another batch counts again.',
    source: 'enpa.md 6.5 and 9.2 no. 45; prio-server, facilitator/src/aggregation.rs',
    reddens: 'once',
  },
  'poison-drops-batch': {
    about: 'One report that can’t be decrypted makes the processor drop its whole batch.',
    source: 'enpa.md 6.5 and 9.2 nos. 4 and 53; prio-server, facilitator/src/intake.rs (#1241)',
    reddens: 'blast',
  },
  'peer-intersection': {
    about:
      'A processor sums its own batches for which the peer’s verification messages have come, ' +
      'whether or not the peer can sum them as well, so that the two sets differ.',
    source: 'enpa.md 6.5, 9.2 nos. 2 and 7, 10 no. 3; prio-server (#396, #1525)',
    reddens: 'sets.equal',
  },
  'unequal-empty-batches': {
    about:
      'A batch that is empty at one processor only is left out of that one’s list and kept in ' +
      'the other’s, so that the pair does not fit.',
    source: 'enpa.md 6.5 and 9.2 nos. 5 and 6; prio-server (#1414, #1525)',
    reddens: 'sets.equal',
  },
} as const satisfies Readonly<Record<string, LegacySwitch>>;

export type LegacyId = keyof typeof legacySwitches;

export const legacyIds = Object.keys(legacySwitches) as [LegacyId, ...LegacyId[]];
