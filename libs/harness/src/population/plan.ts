/**
 * Who sends what and when, over a whole run: exact report quotas a cell and day, met by scanning
 * devices in order of their index, and cut into shards that workers take one at a time.
 * Everything follows from (seed, settings, metrics). In memory the plan is a few numbers a shard;
 * the devices of a shard are found again by scanning its range (`senders`), never stored.
 * Knows no measurement, no report content and no clock.
 */

import assert from 'node:assert/strict';
import type { SeedBranch } from '@priolab/crypto';
import type { Metric } from '@priolab/roles';
import { apportion, evenPart } from './apportion.ts';
import { isInSpan, withinRun } from './enabled-days.ts';
import { ParticipationScanner, scanCapacity } from './participation.ts';
import {
  type Cell,
  PopulationError,
  type PopulationSettings,
  type ResolvedPopulation,
  resolvePopulation,
} from './population-settings.ts';
import { shardOfReport, type ShardTable, ShardTableBuilder } from './shard-table.ts';

/** A contiguous range of one cell's devices on one day. */
export interface Shard {
  readonly index: number;
  readonly cell: Cell;
  readonly day: number;
  readonly firstDevice: number;
  /** Devices from the first that sends to the last, both included. */
  readonly deviceSpan: number;
  /** Devices of the range that send at least one report. */
  readonly participantCount: number;
  readonly firstReport: number;
  readonly reportCount: number;
  /** Reports of each metric slot; a view, not to be written. */
  readonly metricCounts: Uint32Array;
}

/** Where a report is: the position counts within the shard's reports of that metric. */
export interface ReportPlace {
  readonly shard: Shard;
  readonly metricSlot: number;
  readonly position: number;
  readonly device: number;
}

/** A plan without its seed: structured-cloneable, for `planFromTransfer` in a worker. */
export interface PlanTransfer {
  readonly population: ResolvedPopulation;
  readonly metrics: readonly Metric[];
  readonly table: ShardTable;
  readonly phoneCount: number;
  readonly participantCount: number;
}

/** Reports are numbered 0 to reportCount - 1: by shard, then metric slot, then device. */
export interface PopulationPlan {
  readonly metrics: readonly Metric[];
  readonly population: ResolvedPopulation;
  readonly cells: readonly Cell[];
  readonly shardCount: number;
  readonly reportCount: number;
  /** Devices looked at: per cell the most on any day, summed. */
  readonly phoneCount: number;
  /** Device-days with at least one report. */
  readonly participantCount: number;
  shard(index: number): Shard;
  /** Writes the devices that send the metric, ascending, into `out`; returns how many. */
  senders(shard: Shard, metricSlot: number, out: Uint32Array): number;
  /** Finds a report number; scans its shard, so not for hot paths. */
  locate(report: number): ReportPlace;
  readonly transfer: PlanTransfer;
}

/**
 * Plans a run of exactly `settings.reports` reports. Cells get their share of reports by weight
 * times the days on which their authority has enabled ENPA, and spread it evenly over those days; a
 * participating device sends its metrics in the order of `metrics` until the cell's day is full,
 * which may cut the last device short. Where devices have withdrawn consent, further ones send in
 * their place: more devices are looked at, and as many reports sent.
 *
 * @throws PopulationError `population-settings`, or `population-quota` if a cell can't yield its
 * reports within 1000 devices per report and 100 000 more.
 */
export function planPopulation(
  settings: PopulationSettings,
  metrics: readonly Metric[],
  seedTree: SeedBranch,
): PopulationPlan {
  const steps = planInSteps(settings, metrics, seedTree);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/**
 * The same in steps of a fraction of a millisecond, for a caller that has other things to do. Each
 * step gives the number of reports planned so far. Ten million reports take some 0.2 s where two
 * phones in five take part, and up to 1000 times that where hardly any does.
 */
export function* planInSteps(
  settings: PopulationSettings,
  metrics: readonly Metric[],
  seedTree: SeedBranch,
): Generator<number, PopulationPlan, void> {
  const population = resolvePopulation(settings, metrics);
  const scanner = new ParticipationScanner(population, metrics, seedTree);
  const builder = new ShardTableBuilder(metrics.length, population.shardParticipants);
  const spans = population.enabledDays.map((span) => withinRun(span, population.days));
  const dayCounts = spans.map(({ fromDay, untilDay }) => untilDay - fromDay);
  // All days enabled everywhere: every weight times the same number, which changes no part.
  const weights = population.cellWeights.map((weight, i) => weight * BigInt(dayCounts[i]!));
  const quotas = apportion(population.reports, weights);
  const phones = population.cells.map(() => 0);
  const shortfalls = new Map<Cell, Shortfall>();
  let planned = 0;
  for (let day = 0; day < population.days; day++) {
    for (const cell of population.cells) {
      const span = spans[cell.index]!;
      if (shortfalls.has(cell) || !isInSpan(span, day)) continue;
      const quota = evenPart(quotas[cell.index]!, dayCounts[cell.index]!, day - span.fromDay);
      const cellDay: CellDay = { scanner, builder, metrics, cell, day, quota };
      let scanned = 0;
      for (const { left, phoneCount, shortfall } of scanCellDay(cellDay)) {
        scanned = phoneCount;
        if (shortfall !== undefined) shortfalls.set(cell, shortfall);
        yield planned + quota - left;
      }
      planned += quota;
      phones[cell.index] = Math.max(phones[cell.index]!, scanned);
    }
  }
  if (shortfalls.size > 0) throw unreachableQuotas([...shortfalls.values()], population);
  const table = builder.finish();
  const transfer = Object.freeze({
    population,
    metrics: Object.freeze([...metrics]),
    table,
    phoneCount: phones.reduce((a, b) => a + b, 0),
    participantCount: table.participantCount.reduce((a, b) => a + b, 0),
  });
  return planFromTransfer(transfer, seedTree);
}

/** The plan that `transfer` was taken from; `seedTree` must come from the same seed. */
export function planFromTransfer(transfer: PlanTransfer, seedTree: SeedBranch): PopulationPlan {
  const { population, metrics, table } = transfer;
  const scanner = new ParticipationScanner(population, metrics, seedTree);
  const shard = (index: number): Shard => readShard(transfer, index);
  const senders = (at: Shard, metricSlot: number, out: Uint32Array): number =>
    findSenders({ scanner, table, shard: at, metricSlot, out });
  return Object.freeze({
    metrics,
    population,
    cells: population.cells,
    shardCount: table.cell.length,
    reportCount: population.reports,
    phoneCount: transfer.phoneCount,
    participantCount: transfer.participantCount,
    shard,
    senders,
    locate: (report: number) => {
      assert(Number.isInteger(report) && report >= 0, 'report number is a whole number from 0');
      assert(report < population.reports, 'report number is less than the report count');
      return placeInShard(shard(shardOfReport(table, report)), report, senders);
    },
    transfer,
  });
}

interface CellDay {
  readonly scanner: ParticipationScanner;
  readonly builder: ShardTableBuilder;
  readonly metrics: readonly Metric[];
  readonly cell: Cell;
  readonly day: number;
  readonly quota: number;
}

/** How far the scan of one cell and day is. */
interface CellDayScan {
  /** Reports of the quota not yet found. */
  readonly left: number;
  /** Devices looked at, up to the last that sends. */
  readonly phoneCount: number;
  /** Set where the quota can't be met. */
  readonly shortfall?: Shortfall;
}

/** Adds the shards of one cell and day; yields after each chunk of devices. */
function* scanCellDay(cellDay: CellDay): Generator<CellDayScan, void, void> {
  const { scanner, builder, metrics, cell, day, quota } = cellDay;
  const scanLimit = Math.min(1000 * quota + 100_000, 2 ** 31);
  let left = quota;
  let first = 0;
  let chunk = 256;
  let phoneCount = 0;
  while (left > 0) {
    const count = Math.min(chunk, scanLimit - first);
    if (count === 0 || isHopeless(first, quota - left)) {
      builder.closeShard(cell.index, day);
      yield { left, phoneCount, shortfall: { ...cellDay, left, scanned: first } };
      return;
    }
    scanner.load(cell, day, first, count);
    for (let i = 0; i < count && left > 0; i++) {
      if (!scanner.optedIn(i)) continue;
      let sent = 0;
      for (let slot = 0; slot < metrics.length && sent < left; slot++) {
        if (!scanner.sends(i, slot)) continue;
        builder.addReport(slot);
        sent += 1;
      }
      if (sent === 0) continue;
      builder.addParticipant(first + i, sent);
      if (builder.isFull) builder.closeShard(cell.index, day);
      left -= sent;
      phoneCount = first + i + 1;
    }
    first += count;
    chunk = Math.min(2 * chunk, scanCapacity);
    yield { left, phoneCount };
  }
  builder.closeShard(cell.index, day);
}

/**
 * Whether a scan would not come near its quota by its limit of 1000 devices per report: after 2^20
 * devices it has found less than half of what it needs. Chance alone is 16 standard deviations off.
 */
function isHopeless(scanned: number, sent: number): boolean {
  return scanned >= 2 ** 20 && 2000 * sent < scanned;
}

interface Shortfall extends Pick<CellDay, 'cell' | 'day' | 'quota'> {
  readonly left: number;
  readonly scanned: number;
}

/** One problem for each cell, for its first day that falls short. */
function unreachableQuotas(
  shortfalls: readonly Shortfall[],
  population: ResolvedPopulation,
): PopulationError {
  const consent = population.consent === undefined ? '' : ', or lower consent.withdrawPerDay';
  const problems = shortfalls.map(({ cell, day, quota, left, scanned }) => ({
    path: 'population.reports',
    message:
      `${cell.state.id}/${cell.vendor}, day ${day}: expected ${quota} reports, but ${scanned} ` +
      `devices send only ${quota - left}. Raise optIn or sampling, add a daily metric, or ask ` +
      `for fewer reports or a larger population${consent}.`,
  }));
  return new PopulationError('population-quota', problems);
}

function readShard({ population, table }: PlanTransfer, index: number): Shard {
  assert(Number.isInteger(index) && index >= 0, 'shard index is a whole number from 0');
  assert(index < table.cell.length, 'shard index is less than the shard count');
  const row = index * table.slotCount;
  return Object.freeze({
    index,
    cell: population.cells[table.cell[index]!]!,
    day: table.day[index]!,
    firstDevice: table.firstDevice[index]!,
    deviceSpan: table.deviceSpan[index]!,
    participantCount: table.participantCount[index]!,
    firstReport: table.firstReport[index]!,
    reportCount: table.reportCount[index]!,
    metricCounts: table.metricCounts.subarray(row, row + table.slotCount),
  });
}

interface SenderSearch {
  readonly scanner: ParticipationScanner;
  readonly table: ShardTable;
  readonly shard: Shard;
  readonly metricSlot: number;
  readonly out: Uint32Array;
}

function findSenders({ scanner, table, shard, metricSlot, out }: SenderSearch): number {
  const { cell, day, firstDevice, deviceSpan } = shard;
  const expected = shard.metricCounts[metricSlot];
  assert(expected !== undefined, 'metric slot is in range');
  assert(out.length >= expected, 'out has room for all senders');
  const last = deviceSpan - 1;
  const limit = table.lastDeviceReports[shard.index]!;
  let found = 0;
  for (let start = 0; start < deviceSpan; start += scanCapacity) {
    const count = Math.min(scanCapacity, deviceSpan - start);
    scanner.load(cell, day, firstDevice + start, count);
    for (let i = 0; i < count; i++) {
      if (!scanner.optedIn(i) || !scanner.sends(i, metricSlot)) continue;
      if (start + i === last && sentBefore(scanner, i, metricSlot) >= limit) continue;
      out[found] = firstDevice + start + i;
      found += 1;
    }
  }
  assert.equal(found, expected, 'a scan finds the senders that were planned');
  return found;
}

/** Reports that device i sends in the slots before this one. */
function sentBefore(scanner: ParticipationScanner, i: number, metricSlot: number): number {
  let sent = 0;
  for (let slot = 0; slot < metricSlot; slot++) if (scanner.sends(i, slot)) sent += 1;
  return sent;
}

function placeInShard(
  shard: Shard,
  report: number,
  senders: PopulationPlan['senders'],
): ReportPlace {
  let position = report - shard.firstReport;
  let metricSlot = 0;
  while (position >= shard.metricCounts[metricSlot]!) {
    position -= shard.metricCounts[metricSlot]!;
    metricSlot += 1;
  }
  const devices = new Uint32Array(shard.metricCounts[metricSlot]!);
  senders(shard, metricSlot, devices);
  return Object.freeze({ shard, metricSlot, position, device: devices[position]! });
}
