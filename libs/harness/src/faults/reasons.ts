/**
 * Codes under which a whole batch, a verification message or a sum is refused in simulated time,
 * beside those for single reports (`@priolab/roles`, `REASONS`) and for pairs of sums
 * (`HoldReason`). The catalogue names no code that is in none of the three.
 */

export const serviceReasons = {
  'batch-wrong-recipient': 'The batch is meant for the other processor.',
  'batch-wrong-task': 'The batch holds reports of another state or metric than its name says.',
  'key-expired': 'The key was used after its end.',
  'key-revoked': 'The key was used after it was withdrawn.',
  'peer-version': 'The other processor speaks a version that this one does not know.',
  'sets-differ': 'The processors did not sum the same reports.',
  'sums-differ': 'Two copies of one processor’s sum are not the same.',
  'wrong-window': 'The sum belongs to another window.',
} as const;

export type ServiceReason = keyof typeof serviceReasons;
