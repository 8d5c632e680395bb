/**
 * Codes under which a whole batch, a verification message or a sum is refused in simulated time,
 * beside those for single reports (`@priolab/roles`, `REASONS`) and for pairs of sums
 * (`HoldReason`). The catalogue names no code that is in none of the three.
 */

export const serviceReasons = {
  'batch-header': 'The batch’s header does not fit its task, its name or its reports.',
  'batch-digest': 'The batch’s reports don’t have the digest that its header states.',
  'batch-signature': 'The signature over the batch is missing, or not by a key of the ingestor.',
  'batch-incomplete': 'A part of the batch is not there yet; it is looked for again.',
  'batch-late': 'The batch came after its window had been summed.',
  'batch-unknown': 'The batch was signed, but the ingestor’s own list does not name it.',
  'batch-wrong-recipient': 'The batch is meant for the other processor.',
  'batch-wrong-task': 'The batch holds reports of another state or metric than its name says.',
  'below-minimum': 'Fewer have contributed than a published total needs.',
  'key-expired': 'The key was used after its end.',
  'key-revoked': 'The key was used after it was withdrawn.',
  'peer-missing': 'The other processor has no verification message for the report or batch.',
  'peer-version': 'The other processor speaks a version that this one does not know.',
  'rate-limited': 'This identity has sent more than a device may.',
} as const;

export type ServiceReason = keyof typeof serviceReasons;
