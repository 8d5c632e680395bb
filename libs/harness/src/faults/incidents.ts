/**
 * Where a fault was seen, or described, outside this repository: for its card. Numbers after `#`
 * are public issues of divviup/prio-server; "history" is the table of failure modes seen in history
 * of the ENPA specification (section 9.2), by number. A fault without an entry has no known
 * incident. `papers` says where a fault or an attack of its kind is described, of this family of
 * protocols or of others.
 */

import type { FaultId } from './catalogue.ts';

export const incidents: Readonly<Partial<Record<FaultId, string>>> = {
  'net.drop': 'Idle connections closed by the server and used again (history 11).',
  'net.delay': 'Time-outs ten seconds too short for large uploads (history 9, 10).',
  'net.lose_response':
    'A store answered 200 OK with an error in the body: the caller knew less than it thought ' +
    '(history 8); tested in pairs by the Janus project.',
  'net.dup': 'Duplicate Firestore documents across partitions (history 45).',
  'net.partition': 'Credential endpoints unreachable for minutes (history 37).',
  'net.corrupt': 'Digest mismatches of batches in production (history 1, 43).',
  'net.truncate': 'A manifest cut off while it was read (history 38).',
  'dev.retry_same': 'Android submits again when a job is repeated; one key a metric and day.',
  'dev.storm': 'Daily jobs that start at the same hour on all phones of one vendor.',
  'dev.old_params': 'Mixed configuration versions and epsilons in one series (history 27, 49).',
  'dev.rr_off': 'iOS sent all-zero vectors for one-hot metrics (history 48): unseen by servers.',
  'dev.stale_key': 'A key deleted while devices still had its certificate (history 33, #2248).',
  'ing.crash':
    'Processes killed in the middle of writing a batch (history 1, 15, 16), or between its two ' +
    'sides (history 46).',
  'ing.drop_one': 'One side written and the other not (history 46); packets missing (history 30).',
  'ing.dup_cross_batch': 'Shared counters for batch numbers gave duplicates (history 44, 45).',
  'ing.reorder_one': 'Packets in another order in the peer’s validation (history 30, #118).',
  'ing.split_uneven': 'Batch counts that differ between the processors (history 6, #1525).',
  'ing.header_tamper':
    'A header with a wrong digest or time (history 43), other parameters in one window (history ' +
    '27); #343: one bad batch of about 900 aborted everything (history 3).',
  'ing.sig_bad':
    'A wrong key id in signatures after a rotation (history 34, #1173); wrong signatures by an ' +
    'ingestor (history 43).',
  'ing.partial_write': 'A batch taken as ready when any one of its files existed (history 20).',
  'ing.empty_batch': 'An empty batch that one store could not write (history 6, #1525).',
  'ing.late_batch': 'An ingestor that backfilled days late (history 19, #1394, #1433).',
  'ing.rpit_unsafe':
    'Google’s ingestion compared by object identity, so that roots of unity passed (history 47).',
  'proc.crash': 'Pods killed while they held a message; spot machines taken away (history 15, 16).',
  'proc.pause': 'A worker that hung for ever in a write (history 12, #1285, #1286).',
  'proc.slow': 'Aggregation longer than the deadline of its message (history 13, #308).',
  'proc.oom': 'The scheduler out of memory in February 2021 (history 24).',
  'proc.redeliver':
    'An intake task delivered twice, both runs writing: a split generation (history 1, #362).',
  'proc.peer_missing': 'Intake that failed on one side only (history 7, #1525).',
  'proc.peer_late': 'Aggregation scheduled before its inputs existed (history 21, #247).',
  'proc.version_skew': 'Signature files of two schema versions in one deployment (2022-01-03).',
  'proc.order': 'Tasks whose names collided, so that one was lost (history 25).',
  'proc.gc_early': 'Shares collected while a retry needed them (janus#2442).',
  'proc.count_drift': 'A wrong count of individual clients, so wrong de-noising (history 29).',
  'mal.tamper_sum': 'There is no proof of correct aggregation in Prio v2 (ENPA section 1.3).',
  'mal.drop':
    'One side dropped a bad batch and the other did not: uniform noise (history 2, #396).',
  'mal.wrong_list': 'A skipped batch still listed in the sum part (history 5, #1414).',
  'mal.replay_sum': 'Sum parts of different localities overwrote each other (history 28).',
  'mal.withhold': 'Sum parts missing after failed uploads (history 9).',
  'mal.rushing': 'Known of protocols without a commitment; see decision 8.',
  'comb.mismatch': 'Several aggregation ids mixed in one aggregation (history 26, #149).',
  'comb.missing': 'Weekly “files not summed” (history 6).',
  'comb.debias': 'Apple’s epsilon taken as 10 or 10.2 by analysts (history 49).',
  'key.rotate_midflight': 'A new key in use before workers had it (history 32).',
  'key.wrong': 'A manifest whose CSR did not match the private key (history 31, #756).',
  'key.lost': 'An emergency rotation in December 2022 (history 33, #2266).',
  'key.expired': 'A key deleted while phones still sealed to it (history 33, #2248).',
  'key.manifest_stale': 'Changed configuration did not restart workers (history 36).',
  'key.manifest_down': 'A manifest’s body failed in the middle (history 38).',
  'sto.corrupt': 'Integrity warnings, four in a month of 2021 (#363).',
  'sto.torn':
    'A left-over temporary object counted as incomplete for ever (history 42, #1414); a word of ' +
    'the peer that could not be used (history 50).',
  'sto.lost_write': '200 OK with an error in the body at completion (history 8).',
  'sto.misdirect': 'Sum parts under one name for two localities (history 28).',
  'sto.stale_list': 'Listings without their later pages (history 22).',
  'sto.full': 'Writes that failed for minutes for want of credentials (history 37), in effect.',
  'sto.slow': 'Listings that timed out in large stores (history 23).',
  'cli.multi_hot': 'Weight is not verified by any server (ENPA section 1.3).',
  'cli.undecryptable': 'One packet dead-lettered its whole batch (history 4, #1241).',
  'cli.wrong_dim': 'A share of wrong length stopped one side’s whole aggregation (history 53).',
  'cli.bomb': 'Heartbleed in 2014: a message that claimed more bytes than it held (CVE-2014-0160).',
  'nem.region_loss': 'The fire of a data centre of OVHcloud in Strasbourg, in March 2021.',
  'nem.launch_day':
    'HealthCare.gov on its first day in October 2013: more users than it could serve.',
  'clk.back':
    'Cloudflare’s resolvers at the leap second of 2017: a difference of times below zero.',
  'comb.overflow': 'Bitcoin’s outputs of August 2010 whose sum had wrapped around (CVE-2010-5139).',
  'key.sign_stolen': 'Storm-0558 in 2023: tokens signed with a stolen key of Microsoft’s.',
  'net.slowloris': 'The tool Slowloris (2009), and web servers out of connections since.',
  'cli.noncanonical': 'A word of p or more, the same effect as a wrong length (history 53).',
};

const prio =
  'Corrigan-Gibbs and Boneh, “Prio: Private, Robust, and Scalable Computation of Aggregate ' +
  'Statistics” (NSDI 2017)';
const frozenHeart =
  'Trail of Bits, “Frozen Heart” (2022): proofs forged where one can know the challenge';
const poisoning =
  'Cao, Jia and Gong, “Data Poisoning Attacks to Local Differential Privacy Protocols” (USENIX ' +
  'Security 2021); Cheu, Smith and Ullman, “Manipulation Attacks in Local Differential Privacy” ' +
  '(IEEE S&P 2021)';
const foundation = 'FoundationDB, “Simulation and Testing” (its documentation)';
const storage =
  'Bairavasundaram et al., “An Analysis of Data Corruption in the Storage Stack” (FAST 2008)';
const replay = 'Syverson, “A Taxonomy of Replay Attacks” (CSFW 1994)';
const sybil = 'Douceur, “The Sybil Attack” (IPTPS 2002)';
const upgrades =
  'Zhang et al., “Understanding and Detecting Software Upgrade Failures in Distributed Systems” ' +
  '(SOSP 2021)';
const failSlow = 'Gunawi et al., “Fail-Slow at Scale” (FAST 2018)';
const tagging =
  'Pfitzmann and Pfitzmann, “How to Break the Direct RSA-Implementation of MIXes” (EUROCRYPT ' +
  '1989): messages marked to be followed';
const byzantine = 'Lamport, Shostak and Pease, “The Byzantine Generals Problem” (TOPLAS 1982)';

export const papers: Readonly<Partial<Record<FaultId, string>>> = {
  'net.partition': 'Bailis and Kingsbury, “The Network is Reliable” (ACM Queue 2014)',
  'net.clog': foundation,
  'net.swizzle': foundation,
  'nem.swizzle': foundation,
  'nem.swarm': 'Groce et al., “Swarm Testing” (ISSTA 2012)',
  'dev.bad_rng':
    'Heninger et al., “Mining Your Ps and Qs: Detection of Widespread Weak Keys in Network ' +
    'Devices” (USENIX Security 2012)',
  'dev.clock_skew':
    'Acer et al., “Where the Wild Warnings Are: Root Causes of Chrome HTTPS Certificate ' +
    'Errors” (CCS 2017): clocks of clients',
  'ing.metadata_leak':
    'Leith and Farrell, “Contact Tracing App Privacy: What Data Is Shared by Europe’s GAEN ' +
    'Contact Tracing Apps” (INFOCOM 2021)',
  'ing.rpit_known': frozenHeart,
  'cli.grind': frozenHeart,
  'cli.forge': prio,
  'cli.out_of_range': prio,
  'cli.inconsistent': prio,
  'key.compromise_one': `${prio}: private while one server is honest`,
  'mal.drop_both': `${prio}: robust only while all servers are honest`,
  'mal.substitute': `${prio}: robust only while all servers are honest`,
  'mal.curious': prio,
  'mal.tamper_sum': prio,
  'mal.selective_failure': prio,
  'mal.collude_clients': prio,
  'cli.replay': replay,
  'net.replay': replay,
  'clk.skew': 'Liskov, “Practical Uses of Synchronized Clocks in Distributed Systems” (PODC 1991)',
  'mal.isolate':
    'Serjantov, Dingledine and Syverson, “From a Trickle to a Flood: Active Attacks on Several ' +
    'Mix Types” (Information Hiding 2002): all but one left out',
  'net.lose_request': 'Birrell and Nelson, “Implementing Remote Procedure Calls” (TOCS 1984)',
  'key.revoked':
    'Liu et al., “An End-to-End Measurement of Certificate Revocation in the Web’s PKI” (IMC 2015)',
  'cli.poison_valid': poisoning,
  'cli.sybil': sybil,
  'ing.isolate': sybil,
  'cli.tag': tagging,
  'mal.equivocate': byzantine,
  'nem.byzantine_minority': byzantine,
  'proc.pause': failSlow,
  'proc.slow': failSlow,
  'proc.version_skew': upgrades,
  'nem.rolling_upgrade': upgrades,
  'sto.corrupt': storage,
  'sto.torn': storage,
  'sto.lost_write': storage,
  'sto.misdirect': storage,
};
