/**
 * One explanation for each word that a scenario, a report or the terminal uses: expectations,
 * adversaries, reasons, verdicts, exit codes and the field's terms.
 */

import { REASONS } from '@priolab/roles';
import type { Reason } from '@priolab/roles';

import { adversaries, adversaryIds } from './adversary/catalogue.ts';
import type { ExpectationId } from './expectations/catalogue.ts';

const expectations: Readonly<Record<ExpectationId, string>> = {
  'sum.exact':
    'Every published total, bin by bin, equals the integer sum over the reports that both ' +
    'processors accepted, noise included, as the simulator itself added it up.',
  'count.exact': 'Each processor counts the accepted reports, and nothing else, in every total.',
  conserve:
    'Every planned report and every copy has exactly one fate: accepted, rejected for a reason, ' +
    'or pending in an interrupted run. None is lost or unaccounted.',
  once: 'No report is in a sum twice.',
  'sets.equal': 'Both processors accept the same reports, and no pair of sums is held.',
  noforge:
    'No report that breaks the rules is counted. A forged proof may escape with probability up ' +
    'to 2n/p; more escapes than that bound allows fail. Vacuous without adversaries.',
  reason:
    'Honest reports are accepted; each cheat is refused for its documented reason; copies are ' +
    'refused as replayed. Precision and recall are both 1.',
  'rand.safe':
    'No point r is a root of unity or out of range, and no seed, ephemeral key or nonce occurs ' +
    'twice (all compared within a shard, one device in 64 across shards).',
  'noise.dist':
    'Bits of honest reports are flipped as often as epsilon says: an exact binomial test, ' +
    'alpha 1e-6.',
  unbiased:
    'Estimates minus truth sum to zero within chance, over everything and for each metric: ' +
    'a z test, alpha 1e-6 shared among them.',
  crosscheck:
    'Sampled reports, run again one by one with the reference backend, give the same bytes.',
  throughput:
    'At least so many reports for each P-256 multiplication that the run’s CPU time would have ' +
    'paid for, timed in the same run. Invalid where the machine’s speed changed meanwhile.',
  memory: 'The largest resident set of the process, workers included, stays within the limit.',
};

const reasons: Readonly<Record<Reason, string>> = {
  none: 'Nothing is wrong with the report.',
  truncated: 'The upload is shorter than its task’s uploads are (ingestor).',
  oversized: 'The upload is longer than its task’s uploads are (ingestor).',
  'unknown-version': 'The upload’s first byte names no version that the ingestor knows.',
  'wrong-task': 'The upload is for other parameters than the task it was sent to.',
  'wrong-share-size': 'A ciphertext has not the size that the task’s number of bins calls for.',
  stale: 'The upload was made on another day than the one being collected.',
  'bad-certificate': 'The vendor’s authority did not certify the device’s key for this day.',
  'bad-signature': 'The signature over the upload does not fit the device’s key.',
  replayed: 'This device has sent this metric today already: the first valid upload counts.',
  'decrypt-failed': 'The share does not decrypt: bad point or bad tag (processor).',
  'noncanonical-share': 'The leader’s share holds a field element of p or more.',
  'unsafe-query-randomness':
    'r is p or more or a 2n-th root of unity: no honest processor answers.',
  'duplicate-report-id': 'Another report of the batch has the same id: the first one counts.',
  'peer-refused': 'The other processor could not make a verification message.',
  'proof-invalid': 'f(r) * g(r) is not h(r): the report does not hold bits only.',
};

const words: Readonly<Record<string, string>> = {
  report: 'One metric of one phone for one day.',
  block: 'Reports of one metric that go through the simulator together.',
  batch: 'Reports that an ingestor sends to both processors under one id.',
  cell: 'One state’s devices of one vendor.',
  shard: 'A range of a cell’s devices on one day: what a worker takes at a time.',
  leader: 'The first processor (ENPA: PHA server): gets explicit shares.',
  helper: 'The second processor (ENPA: facilitator): gets 32-byte seeds.',
  pass: 'Everything expected holds, and something stands behind each of it.',
  fail: 'Something expected does not hold. Exit code 1, or 3 for speed and memory.',
  vacuous:
    'Nothing stands behind an expectation: no report, no cheat, too little noise. Exit code 6.',
  invalid: 'A measurement can’t be trusted. Exit code 7.',
};

const exitCodes: Readonly<Record<string, string>> = {
  '0': 'Pass.',
  '1': 'A result is wrong.',
  '2': 'The command line or a scenario is wrong; everything found is listed.',
  '3': 'A limit on speed or memory is not kept.',
  '6': 'An expectation is vacuous.',
  '7': 'A measurement is invalid.',
  '9': 'A bug in priolab itself.',
  '130': 'Interrupted; what was done until then is recorded.',
};

/** The explanation of a term; undefined where there is none. */
export function explainTerm(term: string): string | undefined {
  const cheats = Object.fromEntries(
    adversaryIds.map((id) => {
      const { about, refusedAs } = adversaries[id];
      const fate =
        refusedAs.length === 0 ? 'accepted: a known limit' : `refused: ${refusedAs.join(' or ')}`;
      return [id, `A device (or its network) that ${about}. Required outcome: ${fate}.`];
    }),
  );
  const all: Record<string, string> = {
    ...expectations,
    ...cheats,
    ...reasons,
    ...words,
    ...exitCodes,
  };
  return Object.hasOwn(all, term) ? all[term] : undefined;
}

/** Every term that can be explained, in groups. */
export function explainableTerms(): { group: string; terms: string[] }[] {
  return [
    { group: 'Expectations', terms: Object.keys(expectations) },
    { group: 'Adversaries and faults', terms: [...adversaryIds] },
    { group: 'Reasons', terms: [...REASONS] },
    { group: 'Words', terms: Object.keys(words) },
    { group: 'Exit codes', terms: Object.keys(exitCodes) },
  ];
}
