/**
 * Explanations of the words of scenarios and of what the terminal shows: every field, oracle,
 * fault and parameter, reason, fate, stage, metric, verdict and exit code, and the field's terms.
 * Where the words are a type, so is the key: a new word without an explanation does not compile.
 */

import { catalogueMetric, metricCatalogue } from '@priolab/roles';
import type { HoldReason, MetricCadence, MetricLayout, Reason } from '@priolab/roles';

import type { Clock, OracleId } from './expectations/oracles.ts';
import type { EXIT } from './expectations/verdict.ts';
import type { EpidemicKind } from './population/epidemic.ts';
import { faultWords, paramWords } from './faults/explain-faults.ts';
import type { Fidelity } from './fidelity.ts';
import { jurisdiction, jurisdictionIds } from './population/jurisdictions.ts';
import type { Hop, Outcome } from './record/fate.ts';
import type { RunSummary } from './record/run-record.ts';
import type { Stage } from './run/stages.ts';
import { fieldNames } from './scenario/field-paths.ts';
import { fieldWords } from './scenario/field-words.ts';
import type { PropertyKind } from './scenario/expectation-schema.ts';
import type { LoadShape } from './scenario/load-schema.ts';

const expectations: Readonly<Record<OracleId, string>> = {
  'sum.exact':
    'Every published total, bin by bin, equals the integer sum over the reports that both ' +
    'processors accepted, noise included, as the simulator itself added it up. By the clock wall ' +
    'a pair of sums that is held fails as well.',
  'count.exact': 'Each processor counts the accepted reports, and nothing else, in every total.',
  conserve:
    'Every planned report and every copy has exactly one fate: accepted, rejected for a reason, ' +
    'or pending in an interrupted run. None is lost or unaccounted. In simulated time a report ' +
    'may also be pending, lost or not sent in the end, if a fault that struck it, its batch or ' +
    'its window allows that; vacuous where no report was accepted or refused.',
  once:
    'No report is in a sum twice, and no id in two. Exact over all blocks of a shard, copies ' +
    'that come late or on the next day included, and over all shards of a day by 96 bits of ' +
    'each id. In simulated time no phone counts twice and no window is published twice, either.',
  'sets.equal':
    'Both processors accept the same reports, and no pair of sums is held; in simulated ' +
    'time none because the two differ.',
  noforge:
    'No report that breaks the rules is counted. A forged proof may escape with probability up ' +
    'to 2n/p; more escapes than that bound makes likely fail (alpha 1e-4). Vacuous ' +
    'where neither adversaries nor faults made such a report.',
  reason:
    'Honest reports are accepted (or withheld, where a window has too few); each cheat and each ' +
    'copy is refused for its documented reason, and what a fault struck has a fate that it ' +
    'allows. Precision and recall are both 1.',
  'rand.safe':
    'No point r is a root of unity or out of range, and no seed, ephemeral key, nonce, report id ' +
    'or pair of blinds occurs twice (all compared within a shard, one device in 64 across ' +
    'shards, the first million values of these). In simulated time no blind is zero, either.',
  'noise.dist':
    'Bits of honest reports are flipped as often as epsilon says: an exact binomial test, ' +
    'alpha 1e-6.',
  unbiased:
    'Each estimate is the one that its total calls for, to rounding, and estimates minus truth ' +
    'are zero but for chance: in all, for each metric, and for each bin of each total. Exact ' +
    'tests of the net flips; alpha 1e-6 is shared, half by the sums and half by the bins.',
  'consent.kept':
    'Nothing is sent, batched or published of a state on days on which its authority has not ' +
    'enabled ENPA (population.enabled), and no phone sends after its user has withdrawn consent ' +
    '(population.consent). Worked out from the draws anew, not by the plan of who sends. Vacuous ' +
    'where no state was without ENPA, or no phone withdrew, though the scenario says so.',
  crosscheck:
    'Sampled reports, run again one by one with the reference backend, give the same bytes.',
  throughput:
    'At least so many reports for each P-256 multiplication that the run’s CPU time would have ' +
    'paid for, timed in the same run. Invalid where the machine’s speed changed meanwhile.',
  memory: 'The largest resident set of the process, workers included, stays within the limit.',
  tenant:
    'What people are shown of a state, its totals or why there are none, stays the same when all ' +
    'other states’ measurements are replaced: the run is done once more for each state in turn.',
  'minbatch.on_accepted':
    'Nothing is published to which fewer honest, distinct devices have contributed.',
  idem: 'What a party writes to another again is what it wrote before, byte for byte.',
  live:
    'After the faults are healed, everything that can be recovered drains in time. In a ' +
    'deployment: both processors write their sum of every window, and the portal has it.',
  fresh:
    'Upload servers take in nothing that is older, or further ahead, than the rules allow, by ' +
    'the time that it bears; a server whose own clock is wrong goes by that.',
  blast: 'One bad report, batch or window affects itself only.',
  'leak.scan':
    'No private key, and no helper’s seed, phone’s key or exact time of any report, occurs in ' +
    'what processors and portal hold or held, in what is published, in what parties say in the ' +
    'journal or in the run’s results. Keys and seeds are looked for as bytes, hex and base64, ' +
    'times as decimals and as 8 bytes; times on a full minute are not.',
  'view.indist':
    'What one processor sees does not tell a value: a statistical test of some features of what ' +
    'it sees, alpha 1e-6 over all.',
  det:
    'The same scenario and seed again give the same: in simulated time all events, byte for ' +
    'byte; by the clock wall a slice of the run, done again.',
  deployed:
    'Of runs with a deployment: every upload was answered and is in a batch or refused, every ' +
    'report in a batch is summed or refused, and answers, batches, refused reports, clients and ' +
    'totals, as the portal shows them, are those of the run in memory.',
  detected: 'The oracle that must notice the fault is red, and is not where the fault is left out.',
  outcome:
    'What the catalogue demands of a fault has come of it: no report that it touched has a fate ' +
    'that it does not allow, and over the run one of its outcomes is shown.',
};

const clockWords: Readonly<Record<Clock, string>> = {
  wall: 'A clock: the pipeline runs as fast as it goes, without services and their faults.',
  simulated:
    'A clock: events happen one after the other in simulated time, with services and faults.',
};

const propertyKinds: Readonly<Record<PropertyKind, string>> = {
  always: 'A kind of expectation: an oracle holds over the whole run; the same as its plain name.',
  sometimes: 'A kind of expectation: an event happens at least so often (atLeast, atMost).',
  reachable: 'A kind of expectation: an event happens at all; if not, the verdict is vacuous.',
  never: 'A kind of expectation: an event does not happen.',
};

const loadWords: Readonly<Record<Exclude<LoadShape, 'outbreak'> | 'open' | 'closed', string>> = {
  constant: 'A shape of load: uploads evenly over the day.',
  ramp: 'A shape of load: rising evenly from nothing.',
  diurnal: 'A shape of load: one hill a day around its peak, in local time.',
  storm: 'A shape of load: all uploads at the peak, within a short width.',
  open: 'A model of load: devices send when their time has come.',
  closed: 'A model of load: a device sends the next report when the one before is acknowledged.',
};

const scenarioWords: Readonly<Record<string, string>> = {
  clock: 'How time passes in a run: wall or simulated.',
  nemesis: 'The faults of a scenario, each with where, when, how often and its parameters.',
  phase: 'A named stretch of simulated time, for faults to refer to.',
  phases: 'The named stretches of simulated time of a scenario.',
  when: 'What a fault waits for: an event, or another fault, so many times (atLeast).',
  heal: 'The moment from which no fault, or not that one, strikes any more and nodes come back.',
  core: 'The nodes that come back when a run is healed.',
  liveness: 'How soon after healing everything recoverable must have drained.',
  dose: 'Most times that a fault strikes.',
  fires: 'Least times that a fault must strike; fewer, and the verdict is vacuous.',
  legacy: 'A behaviour of the servers of 2021 that can be switched on (services.legacy).',
  msw:
    'A deployment: devices’ real HTTP client, whose requests are answered in the run’s own ' +
    'process by ingestors and portal; no socket.',
  http: 'A deployment: as msw, over sockets of the loopback.',
  processes:
    'A deployment: ingestors, processors and portal are programs of their own. As in all ' +
    'deployments the parties in memory are the reference, and what differs turns deployed red.',
  document: 'Of googleForm: a Firestore document with its attestation, as Android sends it.',
  plain: 'Of googleForm: what Apple’s devices send; for adversaries that change uploads.',
  postgres: 'Of deployment: the programs’ state is at PRIOLAB_POSTGRES, a schema for each.',
  sqlite: 'Of deployment: the programs’ state is in a file each.',
  services: 'How the simulated deployment is set up: replicas, leases, network, keys.',
  load: 'When in the day devices send: shapes, mixed by weight.',
  overrides: 'Settings that hold for some states or vendors only.',
  mixin: 'A part of a scenario that others take in by name or by file.',
  extends: 'Of a scenario: the files that it is built on.',
  with: 'Of a scenario: values for single paths, applied last.',
};

const reasons: Readonly<Record<Reason, string>> = {
  none: 'Of a reason: nothing is wrong with the report. Of a place: it has not ended yet.',
  truncated: 'The upload is shorter than its task’s uploads are (ingestor).',
  oversized: 'The upload is longer than its task’s uploads are (ingestor).',
  'unknown-version': 'The upload’s first byte names no version that the ingestor knows.',
  'wrong-task':
    'The upload is for other parameters than the task it was sent to; in simulated time also: ' +
    'for a state whose authority has not enabled ENPA on the day on which it was made.',
  'wrong-share-size': 'A ciphertext has not the size that the task’s number of bins calls for.',
  stale:
    'The upload was made on another day than the one being collected; in simulated time: it is ' +
    'older, or further ahead, than its server takes.',
  'bad-certificate': 'The vendor’s authority did not certify the device’s key for this day.',
  'bad-signature': 'The signature over the upload does not fit the device’s key.',
  replayed: 'This device has sent this metric today already: the first valid upload counts.',
  'decrypt-failed': 'The share does not decrypt: bad point or bad tag (processor).',
  'noncanonical-share': 'The leader’s share holds a field element of p or more.',
  'unsafe-query-randomness':
    'r is p or more or a 2n-th root of unity: no honest processor answers.',
  'duplicate-report-id':
    'Another report of this batch, or of one summed before, has the same id: the first one counts.',
  'peer-refused': 'The other processor could not make a verification message.',
  'proof-invalid': 'f(r) * g(r) is not h(r): the report does not hold bits only.',
  'peer-missing': 'The other processor does not have the report, or says nothing of its batch.',
  'batch-incomplete': 'A part of the batch did not come before its window was summed.',
  'peer-version': 'The other processor speaks no version of their messages that this one speaks.',
  'batch-unknown': 'The batch is signed, but the ingestor’s own list does not name it.',
  'not-sent': 'The phone gave up, or had no connection: no ingestion server ever stored it.',
  'rate-limited': 'More uploads of one device key on one day than any honest phone sends.',
  'batch-signature': 'The batch is not signed by a key that this processor trusts.',
  'batch-digest': 'The packets are not those that the signed header speaks of.',
  'batch-header': 'The header does not say what is known of its task, or is at the wrong place.',
  'batch-unmatched': 'One processor had the batch in full and the other had not: neither sums it.',
  'batch-late': 'The batch came after its window was closed; a window is never opened again.',
  'window-held': 'The combiner held the window: the two sums do not fit each other.',
  'below-minimum': 'Fewer reports in the window than may be published.',
};

const holdReasons: Readonly<Record<HoldReason, string>> = {
  'no-leader-share': 'Held: the helper gave a sum for this task and window, the leader gave none.',
  'no-helper-share': 'Held: the leader gave a sum for this task and window, the helper gave none.',
  'parameters-differ': 'Held: the two sums have not the same number of bins.',
  'batches-differ': 'Held: the processors did not sum the same batches.',
  'batch-repeated': 'Held: a processor summed a batch twice.',
  'counts-differ': 'Held: the processors did not sum, or refuse, the same number of reports.',
  'included-differ': 'Held: the digests over the ids of included reports are not the same.',
  'sums-differ': 'Held: the auditor has another sum from a processor than the combiner.',
  'wrong-window': 'Held: a sum belongs to another task or window than it was handed in for.',
  'total-out-of-range':
    'Held: a bin’s total is above the number of reports, which no sum of bits can be, or that ' +
    'number is p or more.',
  'not-shown':
    'Held: what stands in its place in the store of results is not what was written there.',
};

const outcomes: Readonly<Record<Outcome, string>> = {
  unaccounted: 'A fate that nothing was written to: in a finished run there must be none.',
  accepted: 'Both processors accepted the report: it is in both sums.',
  rejected: 'A party refused the report for a reason, and it is in no total.',
  lost: 'The report was sent, and neither accepted nor refused by anybody.',
  pending:
    'The report has come to no end yet: the run was interrupted before its turn came, or (in ' +
    'simulated time) nobody has said more of it.',
};

const hops: Readonly<Record<Exclude<Hop, 'none'>, string>> = {
  device: 'The phone: measures, adds noise, proves, splits, seals and signs.',
  ingestor:
    'The vendor’s server (ENPA: ingestion server): checks uploads, strips identity and exact ' +
    'time, picks r, cuts batches. It can decrypt nothing.',
  leader: 'The first processor (ENPA: PHA server): gets explicit shares.',
  helper: 'The second processor (ENPA: facilitator): gets 32-byte seeds.',
  combiner: 'Adds the two processors’ sums where they agree, and holds them where not.',
};

const stages: Readonly<Record<Stage, string>> = {
  measure: 'Stage: what each device’s metric value is.',
  identity: 'Stage: the devices’ keys and certificates for the day.',
  randomise: 'Stage: bits are flipped at random, as often as epsilon says.',
  prove: 'Stage: the proof that every bin is 0 or 1.',
  split: 'Stage: vector and proof into two shares.',
  seal: 'Stage: one share encrypted to each processor (ECIES).',
  attest: 'Stage: the upload signed with the device’s key (ECDSA).',
  ingest: 'Stage: the ingestor checks uploads, picks r and cuts batches.',
  'open and evaluate': 'Stage: processors decrypt shares and evaluate the proofs at r.',
  'decide and sum': 'Stage: processors compare evaluations, accept or refuse, and add up.',
  observe: 'Stage: the simulator’s own books: truth, fates and tallies.',
  'cross-check': 'Stage: sampled reports again, with the reference backend.',
};

const metricWords: Readonly<Record<MetricLayout | MetricCadence, string>> = {
  'one-hot': 'A metric’s layout: exactly one bin is 1.',
  'one-hot-or-none': 'A metric’s layout: at most one bin is 1.',
  'k-hot': 'A metric’s layout: a limited number of bins are 1, anywhere.',
  cumulative: 'A metric’s layout: each bin after a 1 is a 1 too.',
  daily: 'A metric’s cadence: a device sends it each day.',
  biweekly: 'A metric’s cadence: a device sends it on one day of each fortnight.',
};

const epidemics: Readonly<Record<EpidemicKind, string>> = {
  calm: 'An epidemic: 0.13 % of phones a day show an exposure notification.',
  wave: 'An epidemic: up to eightfold the calm level and down again, over 28 days.',
  outbreak:
    'An epidemic: tenfold the calm level in the heaviest state, from the half on. A shape of ' +
    'load: evenly, and ten times as much around the peak.',
};

const rungs: Readonly<Record<Fidelity, string>> = {
  full: 'A rung of fidelity: every byte of the protocol is computed, for every report.',
  sampled:
    'A rung of fidelity: crypto.sampleShare of the run is `full`, in whole shards drawn by the ' +
    'seed; the rest is `shares-only`.',
  'shares-only':
    'A rung of fidelity: real noise, proofs, shares, verification and sums; no encryption, ' +
    'uploads, attestation or replay protection, and nothing is shown about them.',
};

const verdicts: Readonly<Record<RunSummary['verdict'], string>> = {
  pass: 'Everything expected holds, and something stands behind each of it.',
  fail:
    'Something expected does not hold. Exit code 1, or 3 for speed and memory, 4 for privacy, 5 ' +
    'for what has not come to its end, 8 for other results of the same seed.',
  vacuous:
    'Nothing stands behind an expectation: no report, no cheat, too little noise. Exit code 6.',
  invalid: 'A measurement can’t be trusted. Exit code 7.',
  interrupted: 'The run was stopped; it says what was done until then. Exit code 130.',
};

const words: Readonly<Record<string, string>> = {
  fidelity: 'How much of the protocol a run computes (crypto.fidelity): its rung.',
  report: 'One metric of one phone for one day.',
  metric: 'A named vector of 0/1 bins that a device fills in, and the rule its bits obey.',
  bin: 'One place of a metric’s vector: 0 or 1 in a report, a count in a total.',
  block: 'Reports of one metric that go through the simulator together.',
  batch: 'Reports that an ingestor sends to both processors under one id.',
  cell: 'One state’s devices of one vendor.',
  shard: 'A range of a cell’s devices on one day: what a worker takes at a time.',
  window:
    'The time over which one total is formed (system.windowHours): reports of one task within it ' +
    'are added up together.',
  held:
    'A pair of sums that the combiner refuses to add, because they don’t fit each other. Nothing ' +
    'is published; the reason is shown.',
  total: 'The two processors’ sums added: one number a bin, noise included.',
  truth: 'What the honest phones measured, before noise, over the accepted reports.',
  estimate: 'What the authority gets: the total with the noise’s bias removed.',
  error: 'The estimate less the truth: the noise, and what accepted cheats add.',
  'std.err': 'The estimate’s standard error: how far off the noise alone may put it.',
  rms: 'Root mean square of the errors over all bins of a row.',
  'worst z': 'The largest error of any bin of a row, in standard errors.',
  epsilon: 'How little a report tells: the larger, the less noise in each bit (system.epsilon).',
  seed: 'What every random byte of a run comes from: same scenario and seed, same results.',
  digest:
    'SHA-256 that names a thing: the scenario (its seed aside), the results, or, in a folder’s ' +
    'name, scenario and seed.',
  escaped: 'Reports of a cheat that are in the sums though they should not be.',
  'known limit': 'What the protocol can’t prevent: measured, and said in every report of a run.',
  power: 'The smallest effect that a statistical expectation would have seen, at its alpha.',
  interval:
    'What a statistical expectation leaves possible, at a confidence: it fails if and only if ' +
    'what is due where nothing is wrong lies outside.',
  alpha: 'The chance that a statistical expectation fails though nothing is wrong.',
  n: 'How many reports or values stand behind an expectation.',
  fate: 'What became of a report: an outcome, the party where it ended, and a reason.',
  backend: 'Who computes the cryptography: wasm, node or noble; all give the same bytes.',
  copy: 'An upload that arrives again: sent twice, delivered twice or replayed.',
  scenario: 'What is simulated and what must hold: one value, named by its digest.',
  capsule:
    'A file (capsule.json) that repeats a run byte for byte: scenario, seed, commit and result; ' +
    'priolab replay.',
  journal: 'All events of a run in simulated time, in order; a capsule holds their digest.',
  ledger: 'The file fates.bin of a run: the fate of every report; priolab where.',
  hop: 'A party on a report’s way: device, ingestor, leader, helper or combiner.',
  elsewhere: 'In the data flow: reports that ended at no ingestor and no processor, and why.',
  devices: 'In the data flow: phones that send, each counted once a day.',
  uploads: 'In the data flow: what arrives at the ingestors, copies among them.',
  shares: 'In the data flow: reports handed to the processors in the clear (shares-only).',
  totals: 'In the data flow: sums of the two processors, published or not, and why not.',
  state: 'In a table: a state’s health authority, for whose phones totals are formed.',
  expectation: 'In a table: an oracle or event that the scenario names under expect.',
  verdict: 'Whether what was expected holds: pass, fail, vacuous, invalid or interrupted.',
  observed: 'In a table: what was found of an expectation.',
  adversary: 'Who breaks the protocol: a device’s cheat, by share (adversaries), or a fault.',
  commit:
    'The commit of the engine that ran it; with + where its files, or new ones in apps or libs, ' +
    'differed from it.',
  result: 'Of a run: the digest of all its results, which the same scenario and seed repeat.',
  r: 'The point at which a proof is checked; the ingestor picks it after the upload is made.',
  phones: 'Devices that were looked at, those that don’t take part among them.',
  published: 'A total that the combiner gave out: not held.',
  planned: 'Reports that the population sends in the whole run.',
  task: 'One metric of one state and vendor with its parameters: what totals are formed for.',
  deed: 'What an adversary does to a report.',
  calibration: 'A P-256 multiplication timed in the same run, by which speed is judged.',
  unit: 'Of speed: the CPU time of one P-256 multiplication.',
};

const exitCodes: Readonly<Record<(typeof EXIT)[keyof typeof EXIT], string>> = {
  '0': 'Exit code: pass.',
  '1': 'Exit code: a result is wrong.',
  '2':
    'Exit code: the command line or a scenario is wrong, or a file can’t be written; everything ' +
    'found is listed.',
  '3': 'Exit code: a limit on speed or memory is not kept.',
  '4': 'Exit code: privacy: a secret where it must not be, a sum too small, a view that tells.',
  '5': 'Exit code: something that could have come to its end has not.',
  '6': 'Exit code: an expectation is vacuous.',
  '7': 'Exit code: a measurement is invalid.',
  '8': 'Exit code: the same scenario and seed gave other results.',
  '9': 'Exit code: a bug in priolab itself.',
  '130': 'Exit code: interrupted; what was done until then is recorded.',
};

type Explanations = Readonly<Record<string, string>>;

type Group = readonly [group: string, explanations: Explanations];

const ownGroups: readonly Group[] = [
  ['Expectations', expectations],
  ['Reasons to refuse a report', reasons],
  ['Reasons to hold a pair of sums', holdReasons],
  ['Outcomes', outcomes],
  ['Parties', hops],
  ['Stages', stages],
  [
    'Metrics',
    explainedBy(
      metricCatalogue.map(({ id }) => id),
      explainMetric,
    ),
  ],
  ['Words of metrics', metricWords],
  ['States', explainedBy(jurisdictionIds, explainState)],
  ['Epidemics', epidemics],
  ...faultWords,
  ['Clocks', clockWords],
  ['Kinds of expectations', propertyKinds],
  ['Load', loadWords],
  ['Words of scenarios', scenarioWords],
  ['Fields of scenarios', fieldWords],
  ['Rungs of fidelity', rungs],
  ['Verdicts', verdicts],
  ['Words', words],
  ['Exit codes', exitCodes],
];

/** Parameters of faults that are no other word as well. */
const otherParams = Object.entries(paramWords).filter(
  ([name]) => !ownGroups.some(([, explanations]) => Object.hasOwn(explanations, name)),
);

const groups: readonly Group[] = [
  ...ownGroups,
  ['Parameters of faults', Object.fromEntries(otherParams)],
];

function explainedBy<Id extends string>(ids: readonly Id[], explain: (id: Id) => string) {
  return Object.fromEntries(ids.map((id) => [id, explain(id)]));
}

function explainMetric(id: string): string {
  const { bins, layout, cadence, meaning } = catalogueMetric(id)!;
  return `${meaning} ENPA metric of ${bins} bins, ${layout}, ${cadence}.`;
}

function explainState(id: string): string {
  const { name, countryCode, population } = jurisdiction(id)!;
  const people = population.toLocaleString('en');
  return `${name} (${countryCode}), ${people} people: its weight where a scenario gives none.`;
}

/**
 * The explanation of a term, upper or lower case, or of a field's path, such as system.windowHours;
 * undefined where there is none.
 */
export function explainTerm(term: string): string | undefined {
  return findTerm((known) => known === term) ?? findTerm(byCase(term)) ?? explainPath(term);
}

/** A field by its whole path, as `with` has it. */
function explainPath(path: string): string | undefined {
  for (const name of fieldNames(path)) {
    const found = findTerm((known) => known === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findTerm(matches: (known: string) => boolean): string | undefined {
  for (const [, explanations] of groups) {
    const known = Object.keys(explanations).find(matches);
    if (known === undefined) continue;
    const [own, asParam] = [explanations[known]!, paramWords[known]];
    return asParam === undefined || asParam === own ? own : `${own} ${asParam}`;
  }
  return undefined;
}

function byCase(term: string): (known: string) => boolean {
  const lower = term.toLowerCase();
  return (known) => known.toLowerCase() === lower;
}

/** Every term that can be explained, in groups. */
export function explainableTerms(): { group: string; terms: string[] }[] {
  return groups.map(([group, explanations]) => ({ group, terms: Object.keys(explanations) }));
}
