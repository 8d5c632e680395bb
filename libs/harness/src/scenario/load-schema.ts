/**
 * When devices send, and where states and vendors differ. Without `load`, devices follow the
 * population's own table of hours; with it, upload times are drawn from the shapes, mixed by
 * weight, within each simulated day.
 */

import { z } from 'zod';

import { jurisdictionIds } from '../population/jurisdictions.ts';
import { duration } from './durations.ts';

const stateId = z.enum(jurisdictionIds as [string, ...string[]]);

const loadShapes = ['constant', 'ramp', 'diurnal', 'outbreak', 'storm'] as const;
export type LoadShape = (typeof loadShapes)[number];

const timeOfDay = duration({ min: '0s', max: '1d' });

const loadSchema = z.strictObject({
  /**
   * `constant`: evenly; `ramp`: rising from nothing; `diurnal`: one broad hill a day around `peak`,
   * local time; `outbreak`: evenly, and ten times as much within `width` around `peak`; `storm`:
   * all from `peak` on, within `width`.
   */
  shape: z.enum(loadShapes),
  /**
   * `closed`: a device waits for its answer before it sends the next report (simulated time); the
   * same in all shapes.
   */
  model: z.enum(['open', 'closed']).default('open'),
  /** Part of each day, UTC; of `constant`, `ramp` and `outbreak`. */
  from: timeOfDay.optional(),
  until: timeOfDay.optional(),
  /** Share of the uploads that follow this shape, against the other shapes' weights. */
  weight: z.number().gt(0).max(1e6).default(1),
  /** UTC; of `diurnal`, local time. By default 20:00, of `outbreak` 12:00, of `storm` 00:00. */
  peak: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "20:00"')
    .optional(),
  /** By default 2h of `outbreak`, 1m of `storm`. */
  width: duration({ min: '1s', max: '1d' }).optional(),
});

const overrideSchema = z.strictObject({
  /** Where it holds; left out: everywhere. */
  states: z.array(stateId).min(1).optional(),
  vendors: z
    .array(z.enum(['apple', 'google']))
    .min(1)
    .optional(),
  epsilon: z.number().min(0.01).max(32).optional(),
  optIn: z.number().gt(0).max(1).optional(),
  /** As `services.minBatch` and `services.ingestion.batchEvery`. */
  minBatch: z.int().min(1).max(1e9).optional(),
  batchEvery: duration({ min: '1s' }).optional(),
});

/** Fields of a scenario about load and local settings. */
export const loadFields = {
  load: z.array(loadSchema).max(20).default([]),
  /** Settings by state and vendor; where several fit a cell, the last one that says something. */
  overrides: z.array(overrideSchema).max(100).default([]),
};

export type Load = z.output<typeof loadSchema>;
export type Override = z.output<typeof overrideSchema>;
