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
} as const;

export type ServiceReason = keyof typeof serviceReasons;
