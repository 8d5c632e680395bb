/**
 * What can happen in simulated time and is counted, for expectations of the kinds sometimes,
 * reachable and never: these events, and every fault's id (it struck). One sentence each.
 */

const registry = {
  'report.accepted': 'A report entered both processors’ sums.',
  'report.refused': 'A report was refused by some party, whatever the reason.',
  'upload.retried': 'A device sent an upload again because no answer had come.',
  'batch.cut': 'An ingestor cut a batch and wrote it for both processors.',
  'batching.failed':
    'An ingestor could not read a day’s uploads or write its batches: it tries again.',
  'batch.refused': 'A processor refused a whole batch.',
  'batch.late': 'A batch came after its window had been summed.',
  'peer.refused': 'A processor found that its peer speaks no version that it speaks.',
  'task.redelivered': 'A queue gave a task to a worker a second time.',
  'lease.expired': 'A worker’s lease on a task ran out before the task was done.',
  'node.restarted': 'A node came back after a crash.',
  'key.rotated': 'A processor’s key was replaced.',
  'window.published': 'A window’s totals were published.',
  'window.held': 'The combiner held a window’s pair of sums.',
  'window.suppressed': 'A window was not published because too few had contributed.',
} as const;

export type EventId = keyof typeof registry;

export const events: Readonly<Record<EventId, string>> = registry;

export const eventIds = Object.keys(registry) as [EventId, ...EventId[]];
