/** A scenario's words for simulated time in numbers. */

import { faults } from '../faults/catalogue.ts';
import { placeOf } from '../faults/fault.ts';
import { enabledSpan, isInSpan } from '../population/enabled-days.ts';
import type { EnabledDays } from '../population/enabled-days.ts';
import { firstDay } from '../run/settings.ts';
import { cellSettings } from '../scenario/cell-settings.ts';
import { durationMs } from '../scenario/durations.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Expanded, NemesisItem, SimulationSettings } from './settings.ts';

const HOUR_MS = 3_600_000;
/** Uploads are taken for a day after they were made (ENPA section 1.6: a retry a day). */
const AGE_MS_MAX = 24 * HOUR_MS;
const SKEW_MS_MAX = HOUR_MS;
/** Thirteen metrics a day at most, each with some retries. */
const UPLOADS_PER_KEY_MAX = 64;
/** Room of one upload server; a request is one packet, so that who is slower is no phone. */
const CONNECTIONS_MAX = 64;
const IDLE_MS_MAX = 10_000;
const PEER_PATIENCE_MS = 24 * HOUR_MS;

export function simulationSettings(scenario: Scenario): SimulationSettings {
  const { services, system, heal, liveness, overrides } = scenario;
  const { ingestion, processors, network, keys, legacy } = services;
  const { retry } = network;
  const graceMs = durationMs(processors.grace);
  const scanEveryMs = durationMs(processors.scanEvery);
  const everyMs = [ingestion, ...overrides].flatMap(({ batchEvery }) =>
    batchEvery === undefined ? [] : [durationMs(batchEvery)],
  );
  const batchEveryMsMax = Math.max(...everyMs);
  const settling = AGE_MS_MAX + 2 * batchEveryMsMax + graceMs + 6 * scanEveryMs;
  const withinMs = liveness === undefined ? undefined : durationMs(liveness.within);
  return {
    replicas: ingestion.replicas,
    batchEveryMs: ({ state, vendor }) =>
      durationMs(cellSettings(scenario, state, vendor).batchEvery),
    batchEveryMsMax,
    batchSize: ingestion.batchSize,
    ageMsMax: AGE_MS_MAX,
    skewMsMax: SKEW_MS_MAX,
    uploadsPerKeyMax: UPLOADS_PER_KEY_MAX,
    connectionsMax: CONNECTIONS_MAX,
    idleMsMax: IDLE_MS_MAX,
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
    keepForMs: durationMs(processors.keepFor),
    minBatch: ({ state, vendor }) => cellSettings(scenario, state, vendor).minBatch,
    isEnabled: enabledByDay(scenario),
    legacy: new Set(legacy),
    ...(heal === undefined
      ? {}
      : { heal: { atMs: durationMs(heal.at), core: heal.core, withinMs } }),
    drainMs: Math.max(settling + system.windowHours * HOUR_MS, withinMs ?? 0),
  };
}

function enabledByDay(scenario: Scenario): SimulationSettings['isEnabled'] {
  const enabled: Readonly<Record<string, EnabledDays | undefined>> =
    scenario.population.enabled ?? {};
  const startDay = firstDay(scenario);
  return ({ state }, day) => isInSpan(enabledSpan(enabled[state]), day - startDay);
}

/** The faults with their times since the run's start; after `heal` none strikes its core. */
export function nemesisOf({ nemesis, phases, heal }: Expanded): NemesisItem[] {
  const msOf = (time: string | undefined): number =>
    time === undefined ? Infinity : durationMs(time);
  const allHealAtMs = (at: string | undefined): number =>
    heal === undefined || !isOfCore(at, heal.core) ? Infinity : durationMs(heal.at);
  return nemesis.map((item) => {
    const phase = phases.find(({ name }) => name === item.phase);
    const from = item.from ?? phase?.from;
    const healsAtMs = Math.min(allHealAtMs(item.at), msOf(item.heal));
    return {
      id: item.id,
      at: item.at,
      place: placeOf(faults[item.id], item.at),
      fromMs: from === undefined ? 0 : durationMs(from),
      untilMs: Math.min(healsAtMs, msOf(item.until ?? phase?.until)),
      healsAtMs,
      when: item.when,
      p: item.p ?? 1,
      dose: item.dose ?? Infinity,
      fires: item.fires,
      params: item.params,
      partOf: item.partOf,
    };
  });
}

/** Words of machines' names, place by place: `ingestion/apple/0`, `processor/leader`, `portal`. */
const MACHINES: readonly (readonly RegExp[])[] = [
  [/^ingestion$/, /^(?:apple|google)$/, /^(?:batcher|\d+)$/],
  [/^processor$/, /^(?:leader|helper)$/],
  [/^portal$/],
];

/** Whether some machine can have all these words in its name. */
function areOfOne(words: readonly string[]): boolean {
  return MACHINES.some((slots) => {
    const found = slots.map((slot) => new Set(words.filter((word) => slot.test(word))));
    return (
      found.every(({ size }) => size <= 1) &&
      words.every((word) => found.some((one) => one.has(word)))
    );
  });
}

/**
 * Whether a place or a machine is of the core that heals. A link is where either end is, a store
 * where either word of its name is. What names no machine, such as a state or "*", is everywhere: a
 * fault there stops with the core.
 */
export function isOfCore(place: string | undefined, core: readonly string[] | undefined): boolean {
  if (place === undefined || core === undefined) return true;
  const ends = place
    .split(/->|-/)
    .map((end) => end.split('/').filter((word) => areOfOne([word])))
    .filter((words) => words.length > 0);
  if (ends.length === 0) return true;
  return core.some((one) => ends.some((words) => areOfOne([...words, ...one.split('/')])));
}
