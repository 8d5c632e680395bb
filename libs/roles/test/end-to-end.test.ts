/** A block of honest devices all the way to the authority. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { combine, estimate, flipProbability } from '../src/index.ts';
import type { AggregateResult } from '../src/index.ts';
import { columnSums, createDeployment, exchange, someBits } from './fixture.ts';
import type { Deployment } from './fixture.ts';

/** Devices -> ingestor -> processors -> combiner; all uploads in one block. */
function run(deployment: Deployment, bits: readonly (readonly number[])[]) {
  const { reports, uploads } = deployment.report(bits);
  const { proofLen, dimension } = deployment.prio2.shape;
  const noisy = bits.map((_, i) => [
    ...reports.proofs.subarray(i * proofLen, i * proofLen + dimension),
  ]);
  const intake = deployment.ingestor.receive(deployment.task, reports.day, uploads);
  const exchanges = intake.batches.map((batch) => exchange(deployment, batch));
  const shares = {
    leader: deployment.leader.takeAggregateShares(),
    helper: deployment.helper.takeAggregateShares(),
  };
  return { noisy, intake, exchanges, shares, ...combine(shares.leader, shares.helper) };
}

describe('a block of honest devices', () => {
  test('without noise: the published totals are the truth', () => {
    const bits = someBits(16, 5);
    const deployment = createDeployment({ bins: 5, epsilon: 32 });
    const { results, held, noisy } = run(deployment, bits);
    expect(noisy).toEqual(bits);
    expect(held).toEqual([]);
    expect(results).toHaveLength(1);
    const truth = columnSums(bits, 5);
    expect(new Set(truth).size).toBeGreaterThan(1);
    expect([...results[0]!.totals]).toEqual(truth);
    expect(results[0]).toMatchObject({ count: 16, rejectedCount: 0, batchCount: 1 });
    expect([...estimate(results[0]!).values]).toEqual(truth);
    expect(estimate(results[0]!).standardError).toBe(0);
  });

  test('with noise: the totals are those of the noisy bits, and neither share tells them', () => {
    const bits = someBits(16, 9);
    const { results, noisy, shares } = run(createDeployment({ bins: 9, epsilon: 1 }), bits);
    expect(noisy).not.toEqual(bits);
    expect(noisy.flat().every((bit) => bit === 0 || bit === 1)).toBe(true);
    expect([...results[0]!.totals]).toEqual(columnSums(noisy, 9));
    for (const [share] of [shares.leader, shares.helper]) {
      expect(share!.sum.every((element) => element > 16)).toBe(true);
    }
  });

  test('any widths and numbers of reports', () => {
    const widths = fc.integer({ min: 1, max: 40 });
    const counts = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(widths, counts, (bins, count) => {
        const bits = someBits(count, bins);
        const deployment = createDeployment({ bins, capacity: count, epsilon: 2 });
        const { results, noisy } = run(deployment, bits);
        expect([...results[0]!.totals]).toEqual(columnSums(noisy, bins));
      }),
      { seed: 20210701, numRuns: 15 },
    );
  });
});

test('all backends: the same uploads, points r, batch ids and verifier shares', () => {
  const bits = someBits(3, 4);
  const [noble, node, wasm] = (['noble', 'node', 'wasm'] as const).map((backend) => {
    const deployment = createDeployment({ bins: 4, capacity: 3, backend });
    const uploads = deployment.uploads(bits);
    const { batches } = deployment.receive(uploads);
    const { messages, verdicts } = exchange(deployment, batches[0]!);
    const { batchId, queryRandomness, reportIds } = batches[0]!.leader;
    return { uploads, batchId, queryRandomness, reportIds, messages, verdicts };
  });
  expect(node!.verdicts.leader).toEqual(['none', 'none', 'none']);
  expect(node).toEqual(noble);
  expect(wasm).toEqual(noble);
});

describe('estimate', () => {
  const result = (epsilon: number, totals: number[], count: number): AggregateResult => ({
    task: createDeployment({ bins: totals.length, capacity: 1, epsilon }).task,
    windowStartMs: 0,
    totals: Float64Array.from(totals),
    count,
    rejectedCount: 0,
    batchCount: 1,
  });

  test('ln 3, where a quarter of the bits flips: exact figures', () => {
    // (s - n/4) / (1/2) and sqrt(n * 3/16) / (1/2), worked out by hand for n = 48.
    const { values, standardError } = estimate(result(Math.log(3), [0, 12, 30, 48], 48));
    expect([...values]).toEqual([-24, 0, 36, 72]);
    expect(standardError).toBe(6);
  });

  test('epsilon 8, 100,000 reports: the white paper says a deviation of about 6', () => {
    const { values, standardError } = estimate(result(8, [1000], 100_000));
    expect(standardError).toBeCloseTo(5.79, 2);
    expect(values[0]).toBeCloseTo((1000 - 33.535) / (1 - 2 * 3.3535e-4), 2);
  });

  test('is unbiased: the noise of each true bit averages out', () => {
    for (const epsilon of [0.01, 1, 8, 12]) {
      const p = flipProbability(createDeployment({ epsilon, capacity: 1 }).task.flipThreshold);
      // The expected total of n reports of which t have a one.
      const [n, t] = [1000, 130];
      const { values } = estimate(result(epsilon, [t * (1 - p) + (n - t) * p], n));
      expect(values[0]).toBeCloseTo(t, 6);
    }
  });

  test('refuses epsilon 0 and whatever else leaves no signal', () => {
    expect(() => estimate(result(0, [5], 10))).toThrow(RangeError);
    expect(() => estimate(result(1e-12, [5], 10))).toThrow('a signal, got 1e-12');
  });
});
