/** `det` on the wall clock: shards that are done again must come out as they did. */

import { FIELD_MODULUS } from '@priolab/prio';
import type { Ingestor } from '@priolab/roles';
import { expect, test } from 'vitest';

import type { RunSummary } from '../../src/index.ts';
import { runBroken, runSmall, small } from './fixture.ts';
import type { Replace } from './fixture.ts';

const scenario = small({ crypto: { crossCheck: false }, expect: ['det'] });

function outcomeOf({ expectations, exitCode }: RunSummary) {
  const { verdict, observed, n } = expectations.find(({ id }) => id === 'det')!;
  return { verdict, observed, n, exitCode };
}

test('green where they do', async () => {
  const summary = await runSmall(scenario);
  expect(summary.recheck).toEqual({ shards: 1, differing: [] });
  expect(outcomeOf(summary)).toMatchObject({ verdict: 'pass', n: 1, exitCode: 0 });
});

/** Done by the first run alone: the second one's runner is whole. */
const spoiled: readonly [string, Replace][] = [
  [
    'a sum',
    {
      prio2: (party, prio2) => ({
        ...prio2,
        aggregateBlock(count, shares, status, sum) {
          prio2.aggregateBlock(count, shares, status, sum);
          if (party === 'helper') sum[0] = (sum[0]! + 1) % FIELD_MODULUS;
        },
      }),
    },
  ],
  [
    'a fate',
    {
      line(line) {
        const unsafe = (ingestor: Ingestor): Ingestor => ({
          ...ingestor,
          receive(...request) {
            const intake = ingestor.receive(...request);
            for (const { leader } of intake.batches) leader.queryRandomness[0] = 1;
            return intake;
          },
        });
        const { apple, google } = line.ingestors;
        return { ...line, ingestors: { apple: unsafe(apple), google: unsafe(google) } };
      },
    },
  ],
];

test.each(spoiled)('red where %s came out otherwise', async (_, replace) => {
  const summary = await runBroken(scenario, replace);
  const { differing, shards } = summary.recheck!;
  expect(differing).toHaveLength(shards);
  const observed = `1 of 1 shard done again differ: ${differing.join(', ')}`;
  expect(outcomeOf(summary)).toEqual({ verdict: 'fail', observed, n: 1, exitCode: 8 });
});
