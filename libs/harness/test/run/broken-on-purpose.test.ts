/**
 * The oracles can see: each test breaks one party and names the expectations that turn red. The
 * same scenario unbroken is green, so that red means what it says.
 */

import type { CryptoBackend } from '@priolab/crypto';
import { FIELD_MODULUS, referencePrio2 } from '@priolab/prio';
import type { Prio2 } from '@priolab/prio';
import type { Ingestor, Intake, ShareBatch } from '@priolab/roles';
import { describe, expect, test } from 'vitest';

import type { Line } from '../../src/run/world.ts';
import { exactExpectations, runBroken, small, withVerdict } from './fixture.ts';

const scenario = small();
const cheated = small({
  adversaries: [{ id: 'cli.out_of_range', share: 0.3 }],
  expect: [...exactExpectations, 'noforge'],
});

test('nothing broken: all green', async () => {
  expect(withVerdict(await runBroken(scenario, {}), 'pass')).toEqual([...exactExpectations]);
  const summary = await runBroken(cheated, {});
  expect(withVerdict(summary, 'pass')).toEqual([...exactExpectations, 'noforge']);
  expect(summary).toMatchObject({ verdict: 'pass', exitCode: 0 });
});

/** Expands without rejecting: words of p or more are reduced. */
function withoutRejection(prio2: Prio2): Prio2 {
  const { proofLen } = prio2.shape;
  return {
    ...prio2,
    expandBlock(backend, count, seeds, out, status) {
      const bytes = new Uint8Array(4 * proofLen + 12);
      const size = Math.floor(bytes.length / 16) * 16;
      const words = new DataView(bytes.buffer);
      for (let i = 0; i < count; i++) {
        if (status[i] !== 0) continue;
        const one = { ...seeds, offset: seeds.offset + i * seeds.stride };
        backend.keystream(1, one, size, { bytes, offset: 0, stride: size });
        for (let k = 0; k < proofLen; k++) {
          out[i * proofLen + k] = words.getUint32(4 * k, true) % FIELD_MODULUS;
        }
      }
    },
  };
}

describe('PRG rejection skipped', () => {
  // 231 words a report: one report in eighteen meets a word to reject.
  test('at one processor: honest reports are refused', async () => {
    const summary = await runBroken(scenario, {
      prio2: (party, prio2) => (party === 'helper' ? withoutRejection(prio2) : prio2),
    });
    expect(withVerdict(summary, 'fail')).toContain('reason');
    expect(summary).toMatchObject({ verdict: 'fail', exitCode: 1 });
  });

  test('everywhere: all agree with each other, but not with the reference', async () => {
    const everyReport = small({
      population: { reports: 60, states: ['us-wa'] },
      crypto: { crossCheck: { every: 1 } },
    });
    const summary = await runBroken(everyReport, { prio2: (_, prio2) => withoutRejection(prio2) });
    expect(withVerdict(summary, 'fail')).toEqual(['crosscheck']);
    expect(summary.tally.crossCheckMismatches).toBeLessThan(summary.tally.crossChecked);
  });
});

/** Lets the ingestors of a line do something to their intakes. */
function withIngestors(line: Line, spoil: (intake: Intake) => Intake): Line {
  const spoiled = (ingestor: Ingestor): Ingestor => ({
    ...ingestor,
    receive: (...request) => spoil(ingestor.receive(...request)),
  });
  const { apple, google } = line.ingestors;
  return { ...line, ingestors: { apple: spoiled(apple), google: spoiled(google) } };
}

describe('r = 1', () => {
  const steer = (intake: Intake): Intake => {
    for (const batch of intake.batches) batch.leader.queryRandomness[0] = 1;
    return intake;
  };

  test('from the ingestor: honest processors refuse', async () => {
    const summary = await runBroken(scenario, { line: (line) => withIngestors(line, steer) });
    expect(withVerdict(summary, 'fail')).toEqual(expect.arrayContaining(['rand.safe', 'reason']));
    expect(summary.fates.map(({ reason }) => reason)).toContain('unsafe-query-randomness');
  });

  test('and processors that do not look: rand.safe sees it', async () => {
    const careless = (prio2: Prio2): Prio2 => ({
      ...prio2,
      verifyInit(block) {
        const { dimension, proofLen } = prio2.shape;
        for (let i = 0; i < block.count; i++) {
          const share = [...block.shares.subarray(i * proofLen, (i + 1) * proofLen)].map(BigInt);
          const r = BigInt(block.queryRandomness[i]!);
          const message = referencePrio2.verifyInit(share, { role: block.role, dimension, r });
          block.verifierShares.set(message.map(Number), 3 * i);
        }
      },
    });
    const narrow = small({
      system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
      crypto: { crossCheck: { every: 300 } },
    });
    const summary = await runBroken(narrow, {
      line: (line) => withIngestors(line, steer),
      prio2: (_, prio2) => careless(prio2),
    });
    expect(withVerdict(summary, 'fail')).toContain('rand.safe');
    expect(withVerdict(summary, 'fail')).not.toContain('reason');
  });
});

describe('one report dropped at one processor', () => {
  test('from its sum only: the pair is held, the sum is missing', async () => {
    const summary = await runBroken(scenario, {
      prio2: (party, prio2) => ({
        ...prio2,
        aggregateBlock(count, shares, status, sum) {
          const kept = status.slice();
          if (party === 'helper') kept[0] = 99;
          prio2.aggregateBlock(count, shares, kept, sum);
        },
      }),
    });
    expect(withVerdict(summary, 'fail')).toEqual(
      expect.arrayContaining(['sum.exact', 'sets.equal']),
    );
    expect(summary.cells.map((cell) => cell.held?.reason)).toContain('total-out-of-range');
  });

  test('by its verdict: the sets differ', async () => {
    const summary = await runBroken(scenario, {
      prio2: (party, prio2) => ({
        ...prio2,
        decideBlock(count, own, peer, status, failure) {
          prio2.decideBlock(count, own, peer, status, failure);
          if (party === 'leader') status[0] = failure;
        },
      }),
    });
    const red = withVerdict(summary, 'fail');
    expect(red).toEqual(
      expect.arrayContaining(['sum.exact', 'count.exact', 'sets.equal', 'reason']),
    );
    expect(summary.cells.map((cell) => cell.held?.reason)).toContain('counts-differ');
  });

  test('on the way to both processors: it is unaccounted for', async () => {
    const shorten = (intake: Intake): Intake => ({
      ...intake,
      batches: intake.batches.map((batch) => {
        const cut = (side: ShareBatch): ShareBatch => ({
          ...side,
          count: side.count - 1,
          queryRandomness: side.queryRandomness.subarray(0, side.count - 1),
          reportIds: side.reportIds.subarray(0, 16 * (side.count - 1)),
        });
        return { ...batch, leader: cut(batch.leader), helper: cut(batch.helper) };
      }),
    });
    const summary = await runBroken(scenario, { line: (line) => withIngestors(line, shorten) });
    expect(withVerdict(summary, 'fail')).toContain('conserve');
  });
});

test('rejected reports counted: count.exact', async () => {
  const overcount = (line: Line): Line => {
    const counting = (processor: Line['leader']): Line['leader'] => ({
      ...processor,
      takeAggregateShares: () =>
        processor.takeAggregateShares().map((share) => ({
          ...share,
          count: share.count + share.rejectedCount,
        })),
    });
    return { ...line, leader: counting(line.leader), helper: counting(line.helper) };
  };
  const summary = await runBroken(cheated, { line: overcount });
  expect(withVerdict(summary, 'fail')).toContain('count.exact');
});

describe('a seed path used twice', () => {
  test('one ephemeral key for both shares: rand.safe', async () => {
    let first: Uint8Array | undefined;
    const reuse = (backend: CryptoBackend): CryptoBackend => ({
      ...backend,
      seal(block) {
        if (first === undefined) first = block.scalars.bytes.slice();
        const scalars = { ...block.scalars, bytes: first };
        backend.seal({ ...block, scalars });
        if (block.plaintextSize === 32) first = undefined;
      },
    });
    const summary = await runBroken(scenario, {
      backend: (party, backend) => (party === 'device' ? reuse(backend) : backend),
    });
    expect(withVerdict(summary, 'fail')).toEqual(['rand.safe', 'crosscheck']);
  });

  test('the metric left out of the path of Prio seeds: rand.safe', async () => {
    const summary = await runBroken(scenario, {
      line: (line) => {
        const { device } = line;
        const split: typeof device.split = (block, randomness) => {
          const metric = { ...block.task.metric, id: 'any' };
          device.split({ ...block, task: { ...block.task, metric } }, randomness);
        };
        return {
          ...line,
          device: Object.assign(Object.create(device) as typeof device, { split }),
        };
      },
    });
    expect(withVerdict(summary, 'fail')).toEqual(['rand.safe', 'crosscheck']);
  });
});

test('reports put into another window: sum.exact and count.exact', async () => {
  const misplace = (intake: Intake): Intake => ({
    ...intake,
    batches: intake.batches.map((batch) => {
      const moved = (side: ShareBatch): ShareBatch => ({
        ...side,
        windowStartMs: side.windowStartMs + 8 * 3_600_000,
      });
      return { ...batch, leader: moved(batch.leader), helper: moved(batch.helper) };
    }),
  });
  const summary = await runBroken(scenario, { line: (line) => withIngestors(line, misplace) });
  const red = withVerdict(summary, 'fail');
  expect(red).toEqual(expect.arrayContaining(['sum.exact', 'count.exact']));
});

test('sums of a metric that no processor hands over: sum.exact', async () => {
  const silent = (line: Line): Line => {
    const mute = (processor: Line['leader']): Line['leader'] => ({
      ...processor,
      takeAggregateShares: () => processor.takeAggregateShares().slice(1),
    });
    return { ...line, leader: mute(line.leader), helper: mute(line.helper) };
  };
  const summary = await runBroken(scenario, { line: silent });
  expect(withVerdict(summary, 'fail')).toEqual(expect.arrayContaining(['sum.exact', 'conserve']));
});

test('a batch summed twice: once', async () => {
  const twice = (intake: Intake): Intake => ({
    ...intake,
    batches: intake.batches.flatMap((batch) => [batch, batch]),
  });
  const summary = await runBroken(scenario, { line: (line) => withIngestors(line, twice) });
  expect(withVerdict(summary, 'fail')).toEqual(expect.arrayContaining(['once', 'conserve']));
});

test('proofs not checked: noforge', async () => {
  const summary = await runBroken(cheated, {
    prio2: (_, prio2) => ({ ...prio2, decideBlock: () => {} }),
  });
  expect(withVerdict(summary, 'fail')).toContain('noforge');
});

describe('noise', () => {
  const withThreshold = (factor: number) => (line: Line) => {
    const { device } = line;
    const randomise: typeof device.randomise = (block, randomness) => {
      const flipThreshold = Math.floor(block.task.flipThreshold * factor);
      const report = device.randomise(
        { ...block, task: { ...block.task, flipThreshold } },
        randomness,
      );
      return { ...report, task: block.task };
    };
    return {
      ...line,
      device: Object.assign(Object.create(device) as typeof device, { randomise }),
    };
  };

  test.each([0, 2])('%d times as much as epsilon says: noise.dist', async (factor) => {
    const more = small({
      population: { reports: 1000, states: ['us-wa'] },
      crypto: { crossCheck: false },
    });
    const summary = await runBroken(more, { line: withThreshold(factor) });
    expect(withVerdict(summary, 'fail')).toContain('noise.dist');
    expect(withVerdict(summary, 'fail')).toContain('unbiased');
  });
});
