/**
 * Blocks of a batch that are opened again: whatever is wrong with whichever packets, each sum part
 * is that of a processor which keeps all in memory and decides at once. Blocks are small here.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createBackend } from '@priolab/crypto';
import { createPrio2 } from '@priolab/prio';
import { createProcessor, createTask, customMetric } from '@priolab/roles';
import type { ProcessorRole, ShareBatch } from '@priolab/roles';

import { uuidBytes } from '../../src/service/share-blocks.ts';
import { ROLES, keyOf } from '../deployment.ts';
import { WINDOW_MS, createRehearsal } from './desks.ts';
import { BINS, makeReports, spoilProof, uuidOf } from './reports.ts';
import type { Report } from './reports.ts';

const PERIOD_MS = 8 * 3_600_000;
const CAPACITY = 4;
const COUNT_MAX = 14;
const RUNS = 10;

const prio2 = createPrio2(BINS);
const backend = createBackend('wasm');
const honest = makeReports('honest', COUNT_MAX);
const cheating = makeReports('cheating', COUNT_MAX, spoilProof(...honest.keys()));

const faults = ['none', 'none', 'none', 'proof', 'leader', 'helper', 'root', 'copy'] as const;
type Fault = (typeof faults)[number];

function reportOf(fault: Fault, i: number): Report {
  const report = honest[i]!;
  const flipped = (bytes: Uint8Array): Uint8Array => bytes.with(70, bytes[70]! ^ 1);
  switch (fault) {
    case 'proof':
      return cheating[i]!;
    case 'leader':
      return { ...report, leader: flipped(report.leader) };
    case 'helper':
      return { ...report, helper: flipped(report.helper) };
    case 'root':
      return { ...report, r: 1 };
    case 'copy':
      return honest[Math.floor(i / 2)]!;
    default:
      return report;
  }
}

function processorOf(role: ProcessorRole, capacity: number) {
  const privateKey = backend.privateKey(keyOf(`${role} packet`).scalar);
  return createProcessor({ role, backend, privateKey, prio2, capacity });
}

/** Both processors' sums, from the whole batch at once and in memory. */
function expectedSums(reports: readonly Report[]) {
  const metric = customMetric({ id: 'test-metric', bins: BINS, layout: 'k-hot' });
  const task = createTask({
    metric, state: 'us-wa', vendor: 'apple', epsilon: 12, windowMs: PERIOD_MS,
  }); // prettier-ignore
  const batchOf = (role: ProcessorRole): ShareBatch => {
    const sealedSize = reports[0]![role].length;
    return {
      task,
      batchId: new Uint8Array(16),
      windowStartMs: 0,
      count: reports.length,
      reportIds: new Uint8Array(Buffer.concat(reports.map(({ uuid }) => uuidBytes(uuid)))),
      queryRandomness: Uint32Array.from(reports, ({ r }) => r),
      sealed: {
        bytes: new Uint8Array(Buffer.concat(reports.map((report) => report[role]))),
        offset: 0,
        stride: sealedSize,
      },
      sealedSize,
    };
  };
  const leader = processorOf('leader', COUNT_MAX);
  const helper = processorOf('helper', COUNT_MAX);
  const said = structuredClone(leader.verifyInit(batchOf('leader')));
  const answer = helper.verifyInit(batchOf('helper'));
  leader.verifyNext(answer);
  helper.verifyNext(said);
  const sumOf = (processor: typeof leader) => {
    processor.aggregate();
    const [share] = processor.takeAggregateShares();
    return { sum: [...share!.sum], count: share!.count };
  };
  return { leader: sumOf(leader), helper: sumOf(helper) };
}

test('sums of blocks are those of the whole batch, whatever is wrong', async () => {
  const rehearsal = await createRehearsal({
    arithmetic: (role, own) => {
      const processor = processorOf(role, CAPACITY);
      return { ...own, lineOf: () => ({ processor, capacity: CAPACITY, keepsSum: true }) };
    },
  });
  let run = 0;
  const plans = fc.array(fc.constantFrom(...faults), { minLength: 1, maxLength: COUNT_MAX });
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const startMs = WINDOW_MS + run * PERIOD_MS;
      const batchUuid = uuidOf(`run ${run++}`);
      const reports = plan.map(reportOf);
      // Ids come again in each run: another aggregation has other claims.
      const aggregation = `run-${run}`;
      await rehearsal.ingest({ batchUuid, reports, timeMs: startMs, aggregation });
      rehearsal.deployment.setClock(new Date(startMs + PERIOD_MS + 3_600_000).toISOString());
      await rehearsal.settle();
      const expected = expectedSums(reports);
      for (const role of ROLES) {
        const part = (await rehearsal.sumPart(role, startMs, aggregation))!;
        expect(part.header.sum).toEqual(expected[role].sum);
        expect(part.header.totalIndividualClients).toBe(expected[role].count);
      }
    }),
    { numRuns: RUNS },
  );
});
