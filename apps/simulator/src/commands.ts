/** The commands of `priolab` by name. */

import type { Commands } from './completion/complete.ts';

/** Loaded when asked for: a command pays for what it needs. */
export const commands: Commands = {
  run: async () => (await import('./commands/run.ts')).run,
  new: async () => (await import('./commands/new.ts')).newScenario,
  list: async () => (await import('./commands/list.ts')).list,
  check: async () => (await import('./commands/check.ts')).check,
  explain: async () => (await import('./commands/explain.ts')).explain,
  report: async () => (await import('./commands/report.ts')).report,
  where: async () => (await import('./commands/where.ts')).where,
  replay: async () => (await import('./commands/replay.ts')).replay,
  fork: async () => (await import('./commands/fork.ts')).fork,
  fuzz: async () => (await import('./commands/fuzz.ts')).fuzz,
  scale: async () => (await import('./commands/scale.ts')).scale,
  faults: async () => (await import('./commands/faults.ts')).faults,
  ab: async () => (await import('./commands/ab.ts')).ab,
  compare: async () => (await import('./commands/compare.ts')).compare,
  keygen: async () => (await import('./commands/keygen.ts')).keygen,
  manifest: async () => (await import('./commands/manifest.ts')).manifest,
  combine: async () => (await import('./commands/combine.ts')).combine,
  portal: async () => (await import('./commands/portal.ts')).portal,
  schema: async () => (await import('./commands/schema.ts')).schema,
  watch: async () => (await import('./commands/watch.ts')).watch,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  completion: async () => (await import('./commands/completion.ts')).completionOf(commands),
};
