/**
 * Bytes on the wire for one report. In Prio v2 every honest message of a metric has one size, which
 * a record says by the encoders of the build that made it: so this is exact, for Priolab's plain
 * form and without headers of batches and of HTTP. Records of older versions say nothing; where one
 * build made both, this one's encoders stand in for it.
 */

import type { RunSummary } from '../record/run-record.ts';
import { wireRecordOf } from '../record/wire-record.ts';
import type { WireRecord } from '../record/wire-record.ts';
import type { ComparisonRow } from './comparison.ts';
import { exactRow } from './judgement.ts';
import { countedOf } from './losses.ts';

const MESSAGES = [
  ['upload', 'device to ingestor', ({ upload }: WireRecord) => upload],
  ['batches', 'ingestor to both processors', (of: WireRecord) => of.leader + of.helper],
  ['validity', 'between processors, both ways', (of: WireRecord) => 2 * of.validity],
] as const;

export function compareBytes(
  a: RunSummary,
  b: RunSummary,
  { isOneBuild }: { readonly isOneBuild: boolean },
): ComparisonRow[] {
  const wireOf = ({ wire, scenario }: RunSummary): readonly WireRecord[] =>
    wire ?? (isOneBuild ? wireRecordOf(scenario) : []);
  const [one, other] = [wireOf(a), wireOf(b)];
  const mean = (sizes: readonly WireRecord[], of: (of: WireRecord) => number): number | null =>
    sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + of(size), 0) / sizes.length;
  const unsaid = [...(one.length === 0 ? ['a'] : []), ...(other.length === 0 ? ['b'] : [])];
  const exact = one.length === 1 ? 'exact, by its bins' : `exact, mean of ${one.length} metrics`;
  const why =
    unsaid.length === 0
      ? exact
      : `not in the record of ${unsaid.join(' and ')}, which an older build made`;
  const rows = MESSAGES.map(([id, what, of]): ComparisonRow =>
    exactRow({
      id: `bytes.${id}`,
      section: 'bytes',
      what,
      unit: 'bytes a report',
      a: mean(one, of),
      b: mean(other, of),
      direction: 'less is better',
      why,
    }),
  );
  return [...rows, batchRow(a, b), ...attemptRows(a, b)];
}

function batchRow(a: RunSummary, b: RunSummary): ComparisonRow {
  const perThousand = (summary: RunSummary): number | null => {
    const { cells, simulation } = summary;
    const summed = cells.reduce((sum, { batchCount }) => sum + batchCount, 0);
    const batches = simulation?.events['batch.cut'] ?? summed;
    const counted = countedOf(summary);
    return counted === 0 ? null : (1000 * batches) / counted;
  };
  return exactRow({
    id: 'bytes.batch-count',
    section: 'bytes',
    what: 'batches, each with headers and signatures of its own',
    unit: 'per 1,000 counted reports',
    a: perThousand(a),
    b: perThousand(b),
    direction: 'less is better',
  });
}

/** On the wall clock nothing is tried twice. */
function attemptRows(a: RunSummary, b: RunSummary): ComparisonRow[] {
  const attempts = ({ simulation, population }: RunSummary): number | null => {
    const retried = simulation?.events['upload.retried'];
    if (retried === undefined || population.reports === 0) return null;
    return 1 + retried / population.reports;
  };
  const [one, other] = [attempts(a), attempts(b)];
  if (one === null || other === null) return [];
  return [
    exactRow({
      id: 'bytes.attempts',
      section: 'bytes',
      what: 'times that a phone sends a report',
      unit: 'a report',
      a: one,
      b: other,
      direction: 'less is better',
      why: 'exact: repeated until answered; less is better',
    }),
  ];
}
