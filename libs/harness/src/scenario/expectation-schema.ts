/**
 * What a scenario may expect. A plain name is an oracle that always holds. `{ kind, id }` says
 * more: `always` is the same as the plain name; `sometimes`, `reachable` and `never` count events
 * of simulated time, among them the striking of a fault. `{ id: 'outcome', of }` demands what the
 * catalogue demands of a fault.
 */

import { z } from 'zod';

import { eventIds } from '../expectations/events.ts';
import { plainOracleIds } from '../expectations/oracles.ts';
import { faultIds } from '../faults/catalogue.ts';

const countable = z.enum([...eventIds, ...faultIds]);
const count = z.int().min(1).max(1e9);

export const propertyKinds = ['always', 'sometimes', 'reachable', 'never'] as const;
export type PropertyKind = (typeof propertyKinds)[number];

export const expectationSchema = z.union([
  z.enum(plainOracleIds),
  z.strictObject({
    id: z.literal('throughput'),
    /** Reports for each P-256 multiplication that the same CPU time would pay for. */
    atLeastPerUnit: z.number().gt(0),
  }),
  z.strictObject({ id: z.literal('memory'), atMostMiB: z.number().gt(0) }),
  z.strictObject({
    id: z.literal('outcome'),
    of: z.enum(faultIds),
    /** Limits of what is measured of it, by its names on the fault's card. */
    atMost: z.record(z.string(), z.number()).optional(),
  }),
  /** An oracle must turn red: that is how the fault is noticed. */
  z.strictObject({
    id: z.literal('detected'),
    of: z.enum(faultIds),
    by: z.enum(plainOracleIds),
  }),
  z.strictObject({ kind: z.literal('always'), id: z.enum(plainOracleIds) }),
  z.strictObject({
    kind: z.literal('sometimes'),
    id: countable,
    atLeast: count.default(1),
    atMost: count.optional(),
  }),
  z.strictObject({ kind: z.literal(['reachable', 'never']), id: countable }),
]);

export type Expectation = z.output<typeof expectationSchema>;
