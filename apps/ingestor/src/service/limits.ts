/**
 * How much one replica of an ingestor takes on, and from when to when. Each limit keeps something
 * bounded that strangers could otherwise make grow. Source: ENPA sections 7.1 (Google's rules), 6.7
 * (the processors' grace, which batches must come within).
 */

export interface IngestorLimits {
  /** An upload made longer ago, or further ahead, is refused. */
  readonly ageMsMax: number;
  readonly skewMsMax: number;
  /** Attested uploads of one device key on one day, retries among them. */
  readonly uploadsPerKeyMax: number;
  /** Keys that are counted on one day; when more come, all counts begin anew. */
  readonly countedKeysMax: number;
  /** Bad certificates and signatures of one address in a minute, before it is put off. */
  readonly failuresPerRemoteMax: number;
  /** Uploads that wait for their check or their commit; further ones are told to try again. */
  readonly waitingMax: number;
  /** Uploads checked, and stored, at once. */
  readonly groupMax: number;
  /** How long the first of a group waits for others. */
  readonly groupWaitMs: number;
  /** What refused uploads and tries again are told to wait. */
  readonly retryAfterMs: number;
  /** Device credentials remembered for one day. */
  readonly credentialsMax: number;
  /** Reports in a batch, and bytes of sealed shares. */
  readonly batchReportsMax: number;
  readonly batchBytesMax: number;
  /** Batches of fewer reports are held for `holdMs` after the end of their window. */
  readonly batchReportsMin: number;
  readonly holdMs: number;
  /** How long a replica that stopped in the middle of batching keeps others from it. */
  readonly leaseMs: number;
  /** Refusals that are logged one by one in a second; the rest is counted. */
  readonly refusalLinesMax: number;
}

const HOUR_MS = 3_600_000;

export const DEFAULT_LIMITS: IngestorLimits = Object.freeze({
  // A processor sums a window four hours after its end: what comes later would be of no use.
  ageMsMax: 3 * HOUR_MS,
  skewMsMax: HOUR_MS,
  // Thirteen metrics at most on one day, and some retries of each.
  uploadsPerKeyMax: 64,
  countedKeysMax: 2 ** 18,
  failuresPerRemoteMax: 600,
  waitingMax: 1024,
  groupMax: 64,
  groupWaitMs: 2,
  retryAfterMs: 5000,
  credentialsMax: 2 ** 14,
  // Google's had up to 200,000; ours is made in one piece, while uploads wait.
  batchReportsMax: 4000,
  batchBytesMax: 2 ** 26,
  // As in 2021 (ENPA 7.3): tiny batches occur.
  batchReportsMin: 1,
  holdMs: HOUR_MS,
  leaseMs: 60_000,
  refusalLinesMax: 50,
});
