/** The ids that a scenario may write under `expect`; each is explained in `explain.ts`. */

export const expectationIds = [
  'sum.exact',
  'count.exact',
  'conserve',
  'once',
  'sets.equal',
  'noforge',
  'reason',
  'rand.safe',
  'noise.dist',
  'unbiased',
  'crosscheck',
] as const;

export type ExpectationId = (typeof expectationIds)[number] | 'throughput' | 'memory';
