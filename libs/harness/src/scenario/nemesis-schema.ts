/**
 * What goes wrong in simulated time, and when: fault instances, named phases, the moment from which
 * everything is healed, and how soon all that can be recovered must have drained.
 * What a fault is, and its parameters: `faults/catalogue.ts`.
 */

import { z } from 'zod';

import { faultIds, faults } from '../faults/catalogue.ts';
import type { FaultId } from '../faults/catalogue.ts';
import { toldEventIds } from '../faults/told-events.ts';
import { duration } from './durations.ts';

const sinceStart = duration({ min: '0s' });
const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'a word of a-z, 0-9 and "-"');

/** What a missing `at` means, of all faults. */
function atText(): string {
  const idsBy = new Map<string, FaultId[]>();
  for (const id of faultIds) {
    const { atDefault } = faults[id];
    if (atDefault !== undefined) idsBy.set(atDefault, [...(idsBy.get(atDefault) ?? []), id]);
  }
  const some = [...idsBy].map(([place, ids]) => `${place} for ${ids.join(', ')}`);
  return `Where it strikes. Left out: ${some.join('; ')}; everywhere for all others.`;
}

const faultSchema = z.strictObject({
  id: z.enum(faultIds),
  /** Which node, link, store, vendor, state or role it strikes; left out: as `atText` says. */
  at: z
    .string()
    .regex(
      /^(?:->)?[A-Za-z0-9*][A-Za-z0-9*/>:._-]{0,99}$/,
      'the name of a node, link, store or role',
    )
    .describe(atText())
    .optional(),
  /** When it may strike, since the start of the run; left out: from the start, to the end. */
  from: sinceStart.optional(),
  until: sinceStart.optional(),
  /** The same by the name of a phase. */
  phase: name.optional(),
  /** Left out: at its time. Else as soon, from its time on, as this has happened so often. */
  when: z
    .strictObject({
      /** An event of the run, or a fault of this list: it has struck. */
      event: z.enum([...toldEventIds, ...faultIds]),
      atLeast: z.int().min(1).max(1e9).default(1),
    })
    .optional(),
  /** From then on it does not strike, and what it holds up or has taken down comes back. */
  heal: sinceStart.optional(),
  /** Probability at each opportunity; left out: the fault's own rule. */
  p: z.number().gt(0).max(1).optional(),
  /** Most times it strikes. */
  dose: z.int().min(1).max(1e9).optional(),
  /** Least times it must strike; fewer, and the verdict is vacuous. */
  fires: z.int().min(1).max(1e9).default(1),
  params: z.record(z.string(), z.union([z.string().max(200), z.number(), z.boolean()])).default({}),
});

/** Fields of a scenario for the simulated clock. */
export const nemesisFields = {
  nemesis: z.array(faultSchema).max(100).default([]),
  phases: z
    .array(z.strictObject({ name, from: sinceStart, until: sinceStart }))
    .max(100)
    .default([]),
  /** From then on no fault strikes, and what is down comes back. */
  heal: z
    .strictObject({
      at: sinceStart,
      /** Nodes that come back; left out: all. */
      core: z.array(z.string().min(1).max(100)).min(1).optional(),
    })
    .optional(),
  /** After `heal`, everything that can be recovered drains within this time. */
  liveness: z.strictObject({ within: duration() }).optional(),
};

export type FaultInstance = z.output<typeof faultSchema>;
