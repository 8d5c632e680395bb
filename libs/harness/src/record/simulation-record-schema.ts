/** The schema of what a run in simulated time adds to the record; beside `simulation-record.ts`. */

import { z } from 'zod';

import { HOPS } from './fate.ts';
import {
  byName,
  count,
  hex,
  newer,
  object,
  sizes,
  tally,
  text,
  time,
  verdict,
  word,
} from './schema-words.ts';

export function simulationSchema() {
  return object({
    startMs: time(),
    daysEndMs: time(),
    endMs: time(),
    eventCount: count(),
    journal: object({ count: count(), digest: hex(64), marks: z.array(hex(8)) }),
    fork: object({ atMs: z.number(), name: text() }).exactOptional(),
    faults: z.array(
      object({
        id: text(),
        at: text().exactOptional(),
        fired: count(),
        fires: count(),
        fates: tally(),
        refused: tally(),
        unexpected: count(),
        measured: sizes(),
      }),
    ),
    faultLog: z.array(object({ timeMs: time(), id: text(), what: text(), reports: count() })),
    reports: reports(),
    windows: windows(),
    openTasks: object({ leader: count(), helper: count() }),
    rewrites: object({ changed: count(), count: count() }),
    zeroBlinds: count(),
    identities: object({ counted: count(), twice: count() }),
    stale: object({ count: count(), of: count() }),
    leaks: object({
      secrets: count(),
      bytes: count(),
      unsearched: count(),
      found: count(),
      places: newer(z.array(text())),
    }),
    events: tally(),
    views: z.array(view()),
    ...secondRuns(),
  });
}

function reports() {
  const wrong = object({ report: count(), fate: text(), allowed: z.array(text()) });
  const unexplained = object({ state: text(), hop: word(HOPS), fate: text(), count: count() });
  return object({
    struck: count(),
    untouched: count(),
    untouchedLost: count(),
    wrong: count(),
    wrongExamples: z.array(wrong),
    unexplained: z.array(unexplained).exactOptional(),
  });
}

function windows() {
  return object({
    due: count(),
    published: count(),
    publishedTwice: count(),
    held: count(),
    suppressed: count(),
    open: count(),
    excused: count(),
    excusedTasks: count().exactOptional(),
    late: count().exactOptional(),
    examples: z.array(text()),
  });
}

function view() {
  const pair = () => z.tuple([count(), count()]);
  return object({ role: text(), feature: text(), counts: z.tuple([pair(), pair()]) });
}

function secondRuns() {
  return {
    tenant: object({
      states: newer(count()),
      windows: count(),
      changed: count(),
      changedOf: newer(z.array(text())),
      othersChanged: count(),
    }).exactOptional(),
    without: byName(byName(verdict())).exactOptional(),
    rerun: object({ digest: hex(64), firstDifference: count().exactOptional() }).exactOptional(),
  };
}
