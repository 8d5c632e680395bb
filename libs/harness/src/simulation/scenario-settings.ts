/** A scenario's words for simulated time in numbers. */

import { adversaryIds, adversaries as catalogue } from '../adversary/catalogue.ts';
import type { AdversaryId } from '../adversary/catalogue.ts';
import { durationMs } from '../scenario/durations.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { seedTreeOf } from '../run/settings.ts';
import { expandNemesis } from './expand-nemesis.ts';
import type { NemesisItem, SimulationSettings } from './settings.ts';

const HOUR_MS = 3_600_000;
/** Uploads are taken for a day after they were made (ENPA section 1.6: a retry a day). */
const AGE_MS_MAX = 24 * HOUR_MS;
const SKEW_MS_MAX = HOUR_MS;
/** Thirteen metrics a day at most, each with some retries. */
const UPLOADS_PER_KEY_MAX = 64;
const PEER_PATIENCE_MS = 24 * HOUR_MS;

export function simulationSettings({ services, system, liveness }: Scenario): SimulationSettings {
  const { ingestion, processors, network, keys, minBatch, legacy } = services;
  const { retry } = network;
  const graceMs = durationMs(processors.grace);
  const scanEveryMs = durationMs(processors.scanEvery);
  const batchEveryMs = durationMs(ingestion.batchEvery);
  const settling = AGE_MS_MAX + 2 * batchEveryMs + graceMs + 6 * scanEveryMs;
  const withinMs = liveness === undefined ? 0 : durationMs(liveness.within);
  return {
    replicas: ingestion.replicas,
    batchEveryMs,
    batchSize: ingestion.batchSize,
    ageMsMax: AGE_MS_MAX,
    skewMsMax: SKEW_MS_MAX,
    uploadsPerKeyMax: UPLOADS_PER_KEY_MAX,
    workers: processors.workers,
    leaseMs: durationMs(processors.lease),
    scanEveryMs,
    graceMs,
    peerPatienceMs: PEER_PATIENCE_MS,
    latencyMs: durationMs(network.latency),
    jitterMs: durationMs(network.jitter),
    timeoutMs: durationMs(network.timeout),
    retry: {
      firstMs: durationMs(retry.first),
      factor: retry.factor,
      atMostMs: durationMs(retry.atMost),
      attemptsMax: retry.attempts,
    },
    rotateEveryMs: keys.rotateEvery === false ? 0 : durationMs(keys.rotateEvery),
    overlapMs: durationMs(keys.overlap),
    minBatch,
    legacy: new Set(legacy),
    drainMs: Math.max(settling + system.windowHours * HOUR_MS, withinMs),
  };
}

/**
 * The faults with their times since the run's start, each composite before its parts; after `heal`
 * none strikes.
 */
export function nemesisOf(scenario: Scenario): NemesisItem[] {
  const { nemesis, phases, heal } = scenario;
  const items: NemesisItem[] = [];
  const randomness = seedTreeOf(scenario).child('simulation', 'composite');
  const healMs = heal === undefined ? Infinity : durationMs(heal.at);
  nemesis.forEach((item, i) => {
    const phase = phases.find(({ name }) => name === item.phase);
    const from = item.from ?? phase?.from;
    const until = item.until ?? phase?.until;
    const whole: NemesisItem = {
      id: item.id,
      at: item.at,
      fromMs: from === undefined ? 0 : durationMs(from),
      untilMs: Math.min(healMs, until === undefined ? Infinity : durationMs(until)),
      p: item.p ?? 1,
      dose: item.dose ?? Infinity,
      fires: item.fires,
      params: item.params,
    };
    const partOf = items.push(whole) - 1;
    const parts = expandNemesis(whole, scenario, randomness.child(String(i)));
    items.push(...parts.map((part) => ({ ...part, partOf })));
  });
  return items;
}

function isDeed(id: string): id is AdversaryId {
  return (
    (adversaryIds as readonly string[]).includes(id) &&
    catalogue[id as AdversaryId].resends === undefined
  );
}

/**
 * The scenario with those of its faults that a device does to its own report as adversaries: on
 * the wall clock and in simulated time it is one code that does them. Those of the network, which
 * has a code of its own in simulated time, are left to it.
 */
export function withDeeds(scenario: Scenario): Scenario {
  const deeds = nemesisOf(scenario)
    .filter(({ id }) => isDeed(id) && id.startsWith('cli.'))
    .map(({ id, p }) => ({ id: id as AdversaryId, share: p }));
  return { ...scenario, adversaries: [...scenario.adversaries, ...deeds] };
}
