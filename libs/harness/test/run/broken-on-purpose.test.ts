/**
 * The oracles can see: each test breaks one party and names the expectations that turn red. The
 * same scenario unbroken is green, so that red means what it says.
 */

import type { CryptoBackend, SeedBranch } from '@priolab/crypto';
import { FIELD_MODULUS, referencePrio2 } from '@priolab/prio';
import type { Prio2 } from '@priolab/prio';
import { DAY_MS, REPORT_ID_AT, REPORT_ID_SIZE, reasonCode } from '@priolab/roles';
import type { Ingestor, Intake, ReportBlock, ShareBatch, UploadBlock } from '@priolab/roles';
import { describe, expect, test } from 'vitest';

import type { Line } from '../../src/run/world.ts';
import { exactExpectations, runBroken, small, withVerdict } from './fixture.ts';

const CREATED_AT = REPORT_ID_AT + REPORT_ID_SIZE;
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

/** A line whose device does some stages otherwise. */
const withDevice = (change: (device: Line['device']) => Partial<Line['device']>) => {
  return (line: Line): Line => {
    const { device } = line;
    const changed = Object.assign(Object.create(device) as typeof device, change(device));
    return { ...line, device: changed };
  };
};

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

describe('rejected reports', () => {
  test('counted, not summed: count.exact', async () => {
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

  test('summed, not counted: sum.exact', async () => {
    const summary = await runBroken(cheated, {
      prio2: (_, prio2) => ({
        ...prio2,
        aggregateBlock(count, shares, status, sum) {
          const invalid = reasonCode('proof-invalid');
          const kept = status.map((reason) => (reason === invalid ? 0 : reason));
          prio2.aggregateBlock(count, shares, kept, sum);
        },
      }),
    });
    const red = withVerdict(summary, 'fail');
    expect(red).toContain('sum.exact');
    expect(red).not.toContain('count.exact');
  });
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

  /** The report, as a metric of another name would have it: every metric draws from one path. */
  const unnamed = (block: ReportBlock): ReportBlock => {
    const metric = { ...block.task.metric, id: 'any' };
    return { ...block, task: { ...block.task, metric } };
  };
  /** One purpose's path without the metric's name. */
  const misnamed = (randomness: SeedBranch, purpose: string): SeedBranch => ({
    ...randomness,
    child: (...path) =>
      path[2] === purpose ? randomness.child(path[0]!, 'any', purpose) : randomness.child(...path),
  });
  /** Without cross-check: the oracle must see it by itself. */
  const unchecked = small({ crypto: { crossCheck: false } });

  test('the metric left out of the path of Prio seeds: rand.safe', async () => {
    const summary = await runBroken(scenario, {
      line: withDevice((device) => ({
        split: (block, randomness) => device.split(block, misnamed(randomness, 'prio-seed')),
      })),
    });
    expect(withVerdict(summary, 'fail')).toEqual(['rand.safe', 'crosscheck']);
  });

  test('the metric left out of the path of blinds: rand.safe', async () => {
    const summary = await runBroken(unchecked, {
      line: withDevice((device) => ({
        prove: (block, randomness) => device.prove(unnamed(block), randomness),
      })),
    });
    expect(withVerdict(summary, 'fail')).toEqual(['rand.safe']);
  });

  test('the day left out of the path of blinds, one device: rand.safe across shards', async () => {
    const population = { reports: 600, states: ['us-wa'], days: 3 };
    const summary = await runBroken(small({ population, crypto: { crossCheck: false } }), {
      line: withDevice((device) => ({
        prove: (block, randomness) => device.prove({ ...block, day: 0 }, randomness),
      })),
    });
    expect(withVerdict(summary, 'fail')).toEqual(['rand.safe']);
  });

  test('the metric left out of the path of report ids: rand.safe and once', async () => {
    const summary = await runBroken(unchecked, {
      line: withDevice((device) => ({
        split: (block, randomness) => device.split(block, misnamed(randomness, 'report-id')),
      })),
    });
    const red = withVerdict(summary, 'fail');
    expect(red).toEqual(['once', 'rand.safe']);
    expect(summary.tally.doubled).toBeGreaterThan(100);
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

describe('a batch given twice', () => {
  const twice = (intake: Intake): Intake => ({
    ...intake,
    batches: intake.batches.flatMap((batch) => [batch, batch]),
  });

  test('the processors end the exchange', async () => {
    const run = runBroken(scenario, { line: (line) => withIngestors(line, twice) });
    await expect(run).rejects.toMatchObject({ name: 'ProtocolAbort', code: 'batch-repeated' });
  });

  test('under two ids: once', async () => {
    const renamed = (side: ShareBatch): ShareBatch => ({
      ...side,
      batchId: side.batchId.map((byte) => byte ^ 1),
    });
    const again = (intake: Intake): Intake => ({
      ...intake,
      batches: intake.batches.flatMap((batch) => [
        batch,
        { ...batch, leader: renamed(batch.leader), helper: renamed(batch.helper) },
      ]),
    });
    const summary = await runBroken(scenario, { line: (line) => withIngestors(line, again) });
    expect(withVerdict(summary, 'fail')).toEqual(
      expect.arrayContaining(['sum.exact', 'count.exact', 'conserve', 'once']),
    );
    expect(summary.tally.doubled).toBe(summary.population.reports);
    expect(summary.cells.every(({ held }) => held === undefined)).toBe(true);
  });
});

describe('copies that come late', () => {
  const late = small({
    population: { reports: 240, states: ['us-wa', 'us-md'], days: 2 },
    adversaries: [
      { id: 'net.dup', share: 0.1 },
      { id: 'net.replay', share: 0.1 },
    ],
    expect: [...exactExpectations],
  });
  const received = (line: Line, receive: (ingestor: Ingestor) => Ingestor['receive']): Line => {
    const { apple, google } = line.ingestors;
    const broken = (ingestor: Ingestor) => ({ ...ingestor, receive: receive(ingestor) });
    return { ...line, ingestors: { apple: broken(apple), google: broken(google) } };
  };

  test('nothing broken: all green', async () => {
    const summary = await runBroken(late, {});
    expect(withVerdict(summary, 'pass')).toEqual([...exactExpectations]);
    expect(summary.tally.copies).toBeGreaterThan(20);
  });

  test('a replay guard that forgets between blocks: once', async () => {
    let partition = 2 ** 20;
    const forget = (ingestor: Ingestor): Ingestor['receive'] => {
      return (...request) => {
        ingestor.openPartition(partition++);
        return ingestor.receive(...request);
      };
    };
    const summary = await runBroken(late, { line: (line) => received(line, forget) });
    const red = withVerdict(summary, 'fail');
    expect(red).toEqual(expect.arrayContaining(['sum.exact', 'count.exact', 'once', 'reason']));
    // Those of the next day are still refused: too old.
    expect(summary.tally.doubled).toBe(summary.adversaries[0]!.fired);
  });

  test('an ingestor that takes yesterday’s uploads today: once', async () => {
    const backdate = (ingestor: Ingestor): Ingestor['receive'] => {
      return (task, day, { bytes, offsets, ...block }) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        const createdMs = Number(view.getBigUint64(offsets[0]! + CREATED_AT));
        const own = block.count === 0 ? day : Math.floor(createdMs / DAY_MS);
        return ingestor.receive(task, own, { bytes, offsets, ...block });
      };
    };
    const summary = await runBroken(late, { line: (line) => received(line, backdate) });
    expect(withVerdict(summary, 'fail')).toEqual(
      expect.arrayContaining(['sum.exact', 'count.exact', 'once', 'reason']),
    );
    expect(summary.tally.doubled).toBe(summary.adversaries[1]!.fired);
  });
});

describe('one report id for two reports', () => {
  const withIds = (spoil: (uploads: UploadBlock, report: ReportBlock) => void) =>
    withDevice((device) => ({
      attest(sealed, identities, randomness) {
        const uploads = device.attest(sealed, identities, randomness);
        spoil(uploads, sealed.report);
        return uploads;
      },
    }));
  // The signature covers the id; ingestors that don't verify let it through.
  const credulous = (party: string, backend: CryptoBackend): CryptoBackend =>
    party === 'ingestor' ? { ...backend, verify: () => {} } : backend;

  test('in two shards of a day, whatever the devices: once', async () => {
    // The first report of each block gets an id that is the same in all shards of a metric.
    const summary = await runBroken(small({ crypto: { crossCheck: false } }), {
      backend: credulous,
      line: withIds(({ bytes, offsets }, { task }) => {
        bytes.fill(task.shape.dimension, offsets[0]! + REPORT_ID_AT, offsets[0]! + CREATED_AT);
      }),
    });
    expect(summary.population.shards).toBeGreaterThan(2);
    expect(withVerdict(summary, 'fail')).toContain('once');
    expect(withVerdict(summary, 'fail')).not.toContain('sum.exact');
  });
});

test('proofs not checked: noforge', async () => {
  const summary = await runBroken(cheated, {
    prio2: (_, prio2) => ({ ...prio2, decideBlock: () => {} }),
  });
  expect(withVerdict(summary, 'fail')).toContain('noforge');
});

describe('noise', () => {
  const withThreshold = (factor: number) =>
    withDevice((device) => ({
      randomise(block, randomness) {
        const { task } = block;
        const flipThreshold = Math.floor(task.flipThreshold * factor);
        const report = device.randomise({ ...block, task: { ...task, flipThreshold } }, randomness);
        return { ...report, task };
      },
    }));

  test.each([0, 2])('%d times as much as epsilon says: noise.dist', async (factor) => {
    const more = small({
      population: { reports: 1000, states: ['us-wa'] },
      crypto: { crossCheck: false },
    });
    const summary = await runBroken(more, { line: withThreshold(factor) });
    expect(withVerdict(summary, 'fail')).toContain('noise.dist');
    expect(withVerdict(summary, 'fail')).toContain('unbiased');
  });

  test('as much as epsilon says, but from 0 to 1 only: unbiased, not noise.dist', async () => {
    // Two zeros to each one: half as much noise again on the zeros makes up for the ones' lack.
    const three = small({
      population: { reports: 1000, states: ['us-wa'] },
      system: { metrics: [{ id: 'three-v1', bins: 3, layout: 'one-hot' }], epsilon: 2 },
      crypto: { crossCheck: false },
    });
    const summary = await runBroken(three, {
      line: withDevice((device) => ({
        randomise(block, randomness) {
          const { task, bits } = block;
          const flipThreshold = Math.floor(task.flipThreshold * 1.5);
          const noisier = { ...block, task: { ...task, flipThreshold } };
          const report = device.randomise(noisier, randomness);
          for (let k = 0; k < block.count * 3; k++) {
            const at = Math.floor(k / 3) * task.shape.proofLen + (k % 3);
            if (bits[k] === 1) report.proofs[at] = 1;
          }
          return { ...report, task };
        },
      })),
    });
    expect(withVerdict(summary, 'fail')).toEqual(['unbiased']);
  });
});
