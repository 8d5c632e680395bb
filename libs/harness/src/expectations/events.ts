/**
 * What can happen in simulated time and be counted, for expectations of the kinds sometimes,
 * reachable and never: these events, and every fault's id (it struck). An event without `isEmitted`
 * is refused when a scenario is loaded; whoever builds the engine's counter sets it.
 */

export interface EventKind {
  /** One sentence: what is counted. */
  readonly about: string;
  /** The engine counts it; else a scenario that names it is refused. */
  readonly isEmitted: boolean;
}

const notYet = (about: string): EventKind => ({ about, isEmitted: false });

const registry = {
  'report.accepted': notYet('A report entered both processors’ sums.'),
  'report.refused': notYet('A report was refused by some party, whatever the reason.'),
  'upload.retried': notYet('A device sent an upload again because no answer had come.'),
  'batch.cut': notYet('An ingestor cut a batch and wrote it for both processors.'),
  'batch.refused': notYet('A processor refused a whole batch.'),
  'batch.late': notYet('A batch came after its window had been summed.'),
  'task.redelivered': notYet('A queue gave a task to a worker a second time.'),
  'lease.expired': notYet('A worker’s lease on a task ran out before the task was done.'),
  'node.restarted': notYet('A node came back after a crash.'),
  'key.rotated': notYet('A processor’s key was replaced.'),
  'window.published': notYet('A window’s totals were published.'),
  'window.held': notYet('The combiner held a window’s pair of sums.'),
  'window.suppressed': notYet('A window was not published because too few had contributed.'),
  'alarm.raised': notYet('A detector raised an alarm.'),
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventId = keyof typeof registry;

export const events: Readonly<Record<EventId, EventKind>> = registry;

export const eventIds = Object.keys(registry) as [EventId, ...EventId[]];
