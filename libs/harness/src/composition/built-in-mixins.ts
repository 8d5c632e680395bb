/** Parts of scenarios that are named, not loaded (`mixins: ['expect/exact']`). */

import { oracleClocks } from '../expectations/oracles.ts';
import type { Clock, PlainOracleId } from '../expectations/oracles.ts';
import type { Fields } from './layers.ts';

export interface BuiltInMixin {
  /** One sentence: what it adds. */
  readonly about: string;
  /** For both clocks: an oracle that the scenario's clock does not judge is left out. */
  readonly value: { readonly expect: readonly PlainOracleId[] };
}

/** What it adds to a scenario with this clock. */
export function judgedIn(clock: Clock, { value: { expect } }: BuiltInMixin): Fields {
  return { expect: expect.filter((id) => oracleClocks[id].includes(clock)) };
}

/** The oracles that every honest run keeps, in the order in which they are shown. */
const exact = [
  'sum.exact',
  'count.exact',
  'conserve',
  'once',
  'sets.equal',
  'reason',
  'rand.safe',
  'noise.dist',
  'unbiased',
  'crosscheck',
] as const satisfies readonly PlainOracleId[];

export const builtInMixins: Readonly<Record<string, BuiltInMixin>> = {
  'expect/exact': {
    about: 'Every oracle that a run without cheats can have data for.',
    value: { expect: exact },
  },
  'expect/all': {
    about: 'The same and noforge: for runs with cheats, whose forgeries it counts.',
    value: { expect: exact.flatMap((id) => (id === 'reason' ? ['noforge', id] : [id])) },
  },
  'expect/safe': {
    about: 'What must hold in simulated time whatever goes wrong.',
    value: { expect: ['sum.exact', 'count.exact', 'conserve', 'once', 'sets.equal', 'rand.safe'] },
  },
};
