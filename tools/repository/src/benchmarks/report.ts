/**
 * Shows measurements: as a table for people, as JSON for programs; always with the machine and the
 * commit, without which a number can't be compared.
 */

import { alignColumns } from '../columns.ts';
import { formatMachine, type Machine } from '../machine.ts';
import type { Measurement } from './measure.ts';

/** A table of `row | us per item | spread | samples`, and the machine below it. */
export function formatTable(measurements: readonly Measurement[], machine: Machine): string {
  const table = [
    ['row', 'us per item', 'spread', 'samples'],
    ...measurements.map(({ name, usPerItem, spread, sampleCount }) => [
      name,
      usPerItem < 100 ? usPerItem.toPrecision(3) : usPerItem.toFixed(0),
      Number.isFinite(spread) ? `${(spread * 100).toFixed(0)} %` : '-',
      String(sampleCount),
    ]),
  ];
  return [...alignColumns(table), '', formatMachine(machine), ''].join('\n');
}

/** The same, and the checksums, as JSON. */
export function formatJson(measurements: readonly Measurement[], machine: Machine): string {
  return `${JSON.stringify({ machine, rows: measurements }, undefined, 2)}\n`;
}
