/** The schema of what a run in simulated time adds to the record; beside `simulation-record.ts`. */

import { z } from 'zod';

import { HOPS } from './fate.ts';
import { byName, count, hex, sizes, tally, verdict } from './schema-words.ts';

export function simulationSchema() {
  return z.strictObject({
    startMs: z.number(),
    daysEndMs: z.number(),
    endMs: z.number(),
    eventCount: count(),
    journal: z.strictObject({ count: count(), digest: hex(64), marks: z.array(hex(8)) }),
    fork: z.strictObject({ atMs: z.number(), name: z.string() }).exactOptional(),
    faults: z.array(fault()),
    faultLog: z.array(
      z.strictObject({ timeMs: z.number(), id: z.string(), what: z.string(), reports: count() }),
    ),
    reports: reports(),
    windows: windows(),
    openTasks: z.strictObject({ leader: count(), helper: count() }),
    rewrites: z.strictObject({ changed: count(), count: count() }),
    zeroBlinds: count(),
    identities: z.strictObject({ counted: count(), twice: count() }),
    stale: z.strictObject({ count: count(), of: count() }),
    leaks: z.strictObject({
      secrets: count(),
      bytes: count(),
      unsearched: count(),
      found: count(),
      places: z.array(z.string()),
    }),
    events: tally(),
    views: z.array(view()),
    ...secondRuns(),
  });
}

function fault() {
  return z.strictObject({
    id: z.string(),
    at: z.string().exactOptional(),
    fired: count(),
    fires: count(),
    fates: tally(),
    refused: tally(),
    unexpected: count(),
    measured: sizes(),
  });
}

function reports() {
  return z.strictObject({
    struck: count(),
    untouched: count(),
    untouchedLost: count(),
    wrong: count(),
    wrongExamples: z.array(
      z.strictObject({ report: count(), fate: z.string(), allowed: z.array(z.string()) }),
    ),
    unexplained: z
      .array(
        z.strictObject({
          state: z.string(),
          hop: z.enum(HOPS),
          fate: z.string(),
          count: count(),
        }),
      )
      .exactOptional(),
  });
}

function windows() {
  return z.strictObject({
    due: count(),
    published: count(),
    publishedTwice: count(),
    held: count(),
    suppressed: count(),
    open: count(),
    excused: count(),
    excusedTasks: count().exactOptional(),
    late: count().exactOptional(),
    examples: z.array(z.string()),
  });
}

function view() {
  const pair = z.tuple([count(), count()]);
  return z.strictObject({ role: z.string(), feature: z.string(), counts: z.tuple([pair, pair]) });
}

function secondRuns() {
  return {
    tenant: z
      .strictObject({
        states: count(),
        windows: count(),
        changed: count(),
        changedOf: z.array(z.string()),
        othersChanged: count(),
      })
      .exactOptional(),
    without: byName(byName(verdict())).exactOptional(),
    rerun: z
      .strictObject({ digest: hex(64), firstDifference: count().exactOptional() })
      .exactOptional(),
  };
}
