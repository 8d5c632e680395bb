/**
 * Time series of a run, as columns of equal length, on both clocks: the machine's, which says how
 * the run went, and the simulated one, which says what went on in the system. Bounded: however long
 * a run is, each has at most 512 rows.
 */

export interface SeriesColumn {
  /** Lower case with dots: `accepted`, `rejected.bad-signature`, `stage.prove`. */
  readonly name: string;
  /**
   * What a value counts: `reports`, `uploads`, `batches`, `windows`, `strikes`, `tasks`, `events`,
   * `ms`, `bytes`.
   */
  readonly unit: string;
  readonly values: readonly number[];
}

/** By the machine's clock; no function of scenario and seed, and left out of the digest. */
export interface WallSeries {
  /** Milliseconds since the first shard began, ascending. */
  readonly timesMs: readonly number[];
  /** Totals so far at each of these times; `rss` alone is what it was at that moment. */
  readonly columns: readonly SeriesColumn[];
}

/** By simulated time: a function of scenario and seed, though no part of the digest. */
export interface SimulatedSeries {
  /** Milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly stepMs: number;
  /** Row k: what happened from `startMs + k * stepMs` on, within a step. */
  readonly columns: readonly SeriesColumn[];
}

export interface SeriesRecord {
  readonly wall: WallSeries;
  /** There only in simulated time. */
  readonly simulated?: SimulatedSeries;
}
