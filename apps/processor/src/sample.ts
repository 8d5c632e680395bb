/**
 * Writes one ingestion batch of known content to both processors' buckets: the deterministic sample
 * of the facilitator's own generator, without noise, with fresh encryption. Both processors' sums
 * must add up to what is printed. Source: ENPA vectors, sample_generator.json.
 */

import { SEAL_OVERHEAD, createServiceBackend, seedBranchFrom } from '@priolab/crypto';
import type { KeyPair, Strided } from '@priolab/crypto';
import { FIELD_MODULUS, createPrio2 } from '@priolab/prio';
import { DAY_MS, createDevice, createTask } from '@priolab/roles';
import type { Metric, ReportBlock, SealedBlock, Task } from '@priolab/roles';
import {
  createServiceSigner,
  sampleConstants,
  sampleSum,
  sampleVectors,
  sealIngestionBatch,
} from '@priolab/roles/enpa';
import type { BatchSigner, TimeUnit } from '@priolab/roles/enpa';
import { openStore } from '@priolab/runtime/stores';
import { UsageError, readPacketKey, readSigningKey } from '@priolab/service';
import type { CommandInput } from '@priolab/service';

import { aggregationOf, batchOf, minuteOf } from './command-input.ts';
import { syncOf } from './service/places.ts';
import { uuidBytes } from './service/share-blocks.ts';
import { Refused } from './service/task-errors.ts';

const TIME_UNITS = ['milliseconds', 'seconds'] as const satisfies readonly TimeUnit[];
/** Numbers that may be given: from, to, and what stands where they are not. */
const NUMBERS = {
  bins: { min: 1, max: 256, fallback: 10 },
  packets: { min: 1, max: 100_000, fallback: 10 },
  epsilon: { min: 0, max: 100, fallback: 0.11 },
  'window-minutes': { min: 1, max: 1440, fallback: 60 },
} as const;

const rangeOf = (name: keyof typeof NUMBERS): string =>
  `${NUMBERS[name].min} to ${NUMBERS[name].max}`;
const rangeAndDefault = (name: keyof typeof NUMBERS): string =>
  `${rangeOf(name)} (${NUMBERS[name].fallback})`;

/** What the options may be, for the help; in brackets what they are where they are left out. */
export const sampleHelp: Readonly<Record<string, string>> = {
  bins: rangeAndDefault('bins'),
  packets: rangeAndDefault('packets'),
  epsilon: `${rangeAndDefault('epsilon')}; only noted in the header, there is no noise`,
  'time-unit': `${TIME_UNITS.join(', ')} (${TIME_UNITS[0]}) of the header's times`,
  'window-minutes': `${rangeAndDefault('window-minutes')}, which end at --date`,
};

/** So large that no bit is ever flipped. */
const NO_NOISE = 64;

interface SampleOptions {
  readonly aggregation: string;
  readonly batchUuid: string;
  readonly timeMs: number;
  readonly bins: number;
  readonly packets: number;
  readonly epsilon: number;
  readonly timeUnit: TimeUnit;
  readonly windowMinutes: number;
}

export async function generateSample(input: CommandInput): Promise<readonly string[]> {
  const { options, environment } = input;
  const sample = readOptions(options);
  const leaderKey = readPacketKey(options['leader-key']!);
  const helperKey = readPacketKey(options['helper-key']!);
  const keyPair = readSigningKey(options['signing-key']!);
  const signer = createServiceSigner({ keyId: options['signing-key-id']!, keyPair });
  const { report, leader, helper } = makeReports(sample, leaderKey, helperKey);
  // In the order in which Google's server wrote them: the first server's batch first.
  for (const [index, sealed] of [leader, helper].entries()) {
    const bucket = options[index === 0 ? 'leader-bucket' : 'helper-bucket']!;
    const store = openStore(bucket, environment);
    for (const { key, bytes } of sealBatch(sample, { report, sealed, index, signer })) {
      if (await store.put(key, bytes)) continue;
      throw new Refused('exists', `${bucket}: ${key}: expected no object of that name`);
    }
  }
  const { aggregation, batchUuid, packets, bins } = sample;
  return [
    `batch ${batchUuid} of ${aggregation}: ${packets} packets, ${bins} bins, to both buckets`,
    `sums: ${sampleSum(batchUuid, packets, bins).join(' ')}`,
  ];
}

function readOptions(options: Readonly<Record<string, string>>): SampleOptions {
  const number = (name: keyof typeof NUMBERS): number => {
    const text = options[name];
    const { min, max, fallback } = NUMBERS[name];
    const value = text === undefined ? fallback : Number(text);
    const isWhole = name === 'epsilon' || Number.isInteger(value);
    if (isWhole && value >= min && value <= max) return value;
    throw new UsageError(`--${name}: got ${text}, allowed: ${rangeOf(name)}`);
  };
  const wanted = options['time-unit'] ?? TIME_UNITS[0];
  const timeUnit = TIME_UNITS.find((unit) => unit === wanted);
  if (timeUnit === undefined) {
    throw new UsageError(`--time-unit: got ${wanted}, allowed: ${TIME_UNITS.join(', ')}`);
  }
  return {
    aggregation: aggregationOf(options['aggregation']!),
    batchUuid: batchOf(options['batch']!),
    timeMs: minuteOf('--date', options['date']!),
    bins: number('bins'),
    packets: number('packets'),
    epsilon: number('epsilon'),
    timeUnit,
    windowMinutes: number('window-minutes'),
  };
}

function makeReports(sample: SampleOptions, leader: KeyPair, helper: KeyPair): SealedBlock {
  const { bins, packets, batchUuid } = sample;
  const task = taskOf(sample);
  const prio2 = createPrio2(bins);
  const backend = createServiceBackend('node');
  const device = createDevice({ backend, prio2, capacity: packets });
  const devices = Uint32Array.from({ length: packets }, (_, i) => i);
  const bits = Uint32Array.from(sampleVectors(batchUuid, packets, bins).flatMap((row) => [...row]));
  const timesMs = new Uint32Array(packets);
  const day = Math.floor(sample.timeMs / DAY_MS);
  const block = { task, day, count: packets, devices, identityIndex: devices, timesMs, bits };
  const randomness = seedBranchFrom(crypto.getRandomValues(new Uint8Array(32)), 'sample');
  const report = device.randomise(block, randomness);
  device.prove(report, randomness);
  device.split(report, randomness);
  const keys = { leader: leader.publicKey, helper: helper.publicKey };
  return device.seal(report, keys, randomness);
}

function taskOf({ aggregation, bins }: SampleOptions): Task {
  const meaning = 'The deterministic sample.';
  const cadence = 'daily';
  const metric: Metric = {
    id: aggregation,
    bins,
    layout: 'k-hot',
    cadence,
    maxOnes: bins,
    meaning,
  };
  return createTask({ metric, state: 'xx', vendor: 'google', epsilon: NO_NOISE, windowMs: DAY_MS });
}

function sealBatch(
  sample: SampleOptions,
  parts: {
    readonly report: ReportBlock;
    readonly sealed: Strided;
    /** 0: the first server. */
    readonly index: number;
    readonly signer: BatchSigner;
  },
) {
  const { aggregation, batchUuid, timeMs, bins, epsilon, timeUnit, windowMinutes } = sample;
  const { report, sealed, index, signer } = parts;
  const { count, reportIds, task } = report;
  const { leaderShareSize, helperShareSize } = task.shape;
  const { rPit, versionConfiguration, encryptionKeyIds } = sampleConstants;
  const shareSize = index === 0 ? leaderShareSize : helperShareSize;
  const batch = {
    task,
    batchId: uuidBytes(batchUuid),
    windowStartMs: timeMs,
    count,
    reportIds: reportIds.subarray(0, 16 * count),
    queryRandomness: new Uint32Array(count).fill(rPit),
    sealed,
    sealedSize: shareSize + SEAL_OVERHEAD,
  };
  const { objects } = sealIngestionBatch({
    batch,
    parameters: {
      name: aggregation,
      bins,
      epsilon,
      prime: FIELD_MODULUS,
      numberOfServers: sampleConstants.numberOfServers,
      hammingWeight: sampleConstants.hammingWeight,
    },
    batchTime: timeMs,
    startTime: timeMs - windowMinutes * 60_000,
    endTime: timeMs,
    timeUnit,
    signer,
    syncOf,
    encryptionKeyId: encryptionKeyIds[index as 0 | 1],
    versionConfiguration,
  });
  return objects;
}
