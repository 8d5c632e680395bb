/**
 * A plan's shards as columns of numbers, and the builder that fills them in while devices are
 * scanned. A *shard* is a contiguous range of one cell's devices on one day; shards are numbered in
 * order of day, cell, device, and reports are numbered densely in that order, metric by metric
 * inside a shard. Plain typed arrays, so that a plan crosses to a worker without being recomputed.
 */

import assert from 'node:assert/strict';

/** One row a shard; `metricCounts` has one row of `slotCount` numbers a shard. */
export interface ShardTable {
  readonly slotCount: number;
  readonly cell: Uint32Array;
  readonly day: Uint32Array;
  readonly firstDevice: Uint32Array;
  /** Devices looked at, from the first that sends to the last. */
  readonly deviceSpan: Uint32Array;
  readonly participantCount: Uint32Array;
  readonly firstReport: Uint32Array;
  readonly reportCount: Uint32Array;
  /** Reports that the last device sends: fewer than it has where the quota cuts it short. */
  readonly lastDeviceReports: Uint32Array;
  readonly metricCounts: Uint32Array;
}

/** Collects one device's reports after the other and closes a shard when it is full. */
export class ShardTableBuilder {
  readonly #slotCount: number;
  readonly #shardParticipants: number;
  readonly #rows: number[][] = [[], [], [], [], [], [], [], []];
  readonly #metricCounts: number[] = [];
  readonly #open: { counts: Uint32Array; participants: number; reports: number };
  #firstDevice = 0;
  #lastDevice = 0;
  #lastDeviceReports = 0;
  #firstReport = 0;

  constructor(slotCount: number, shardParticipants: number) {
    this.#slotCount = slotCount;
    this.#shardParticipants = shardParticipants;
    this.#open = { counts: new Uint32Array(slotCount), participants: 0, reports: 0 };
  }

  /** Counts a report of the next participant; `addParticipant` must follow. */
  addReport(slot: number): void {
    this.#open.counts[slot]! += 1;
  }

  /** Ends a participant's reports; `isFull` may then be true. */
  addParticipant(device: number, reportCount: number): void {
    if (this.#open.participants === 0) this.#firstDevice = device;
    this.#lastDevice = device;
    this.#lastDeviceReports = reportCount;
    this.#open.participants += 1;
    this.#open.reports += reportCount;
  }

  get isFull(): boolean {
    return this.#open.participants === this.#shardParticipants;
  }

  /** Writes the open shard's row, unless nobody sent. */
  closeShard(cell: number, day: number): void {
    const { counts, participants, reports } = this.#open;
    if (participants === 0) return;
    const span = this.#lastDevice - this.#firstDevice + 1;
    const row = [cell, day, this.#firstDevice, span, participants, this.#firstReport, reports];
    row.push(this.#lastDeviceReports);
    row.forEach((value, column) => this.#rows[column]!.push(value));
    this.#metricCounts.push(...counts);
    this.#firstReport += reports;
    counts.fill(0);
    this.#open.participants = 0;
    this.#open.reports = 0;
  }

  finish(): ShardTable {
    assert(this.#open.participants === 0, 'the last shard is closed');
    const columns = this.#rows.map((values) => Uint32Array.from(values));
    return Object.freeze({
      slotCount: this.#slotCount,
      cell: columns[0]!,
      day: columns[1]!,
      firstDevice: columns[2]!,
      deviceSpan: columns[3]!,
      participantCount: columns[4]!,
      firstReport: columns[5]!,
      reportCount: columns[6]!,
      lastDeviceReports: columns[7]!,
      metricCounts: Uint32Array.from(this.#metricCounts),
    });
  }
}

/** The shard that holds a report number: the last one whose first report is not after it. */
export function shardOfReport(table: ShardTable, report: number): number {
  let low = 0;
  let high = table.firstReport.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (table.firstReport[middle]! <= report) low = middle;
    else high = middle - 1;
  }
  return low;
}
