/**
 * Bytes on the wire for one report. A record holds none, but in Prio v2 every honest message of a
 * metric has one size, which follows from its bins: so this is exact, for Priolab's plain form and
 * without headers of batches and of HTTP. It is this build's form for both sides: of two builds the
 * rows are unknown.
 */

import { prio2Shape } from '@priolab/prio';
import { REPORT_ID_SIZE, uploadLayout } from '@priolab/roles';
import type { Metric } from '@priolab/roles';

import type { RunSummary } from '../record/run-record.ts';
import { metricsOf } from '../run/settings.ts';
import type { ComparisonRow } from './comparison.ts';
import { exactRow } from './judgement.ts';
import { countedOf } from './losses.ts';

/** r, beside the report's id. */
const INGESTION_SIZE = REPORT_ID_SIZE + 4;
/** Status, f, g and h, beside the report's id: `plain-batch.ts`. */
const VALIDITY_SIZE = REPORT_ID_SIZE + 13;

export interface MessageSizes {
  /** From the device to the ingestor. */
  readonly upload: number;
  /** From the ingestor to each processor. */
  readonly leader: number;
  readonly helper: number;
  /** From one processor to the other, and as much back. */
  readonly validity: number;
}

/** Bytes of one report of a metric. */
export function messageSizes({ bins }: Pick<Metric, 'bins'>): MessageSizes {
  const { size, leaderSealedSize, helperSealedSize } = uploadLayout(prio2Shape(bins));
  return {
    upload: size,
    leader: INGESTION_SIZE + leaderSealedSize,
    helper: INGESTION_SIZE + helperSealedSize,
    validity: VALIDITY_SIZE,
  };
}

const MESSAGES = [
  ['upload', 'device to ingestor', ({ upload }: MessageSizes) => upload],
  ['batches', 'ingestor to both processors', (of: MessageSizes) => of.leader + of.helper],
  ['validity', 'between processors, both ways', (of: MessageSizes) => 2 * of.validity],
] as const;

export function compareBytes(
  a: RunSummary,
  b: RunSummary,
  { isOneBuild }: { readonly isOneBuild: boolean },
): ComparisonRow[] {
  const [one, other] = [a, b].map(({ scenario }) => metricsOf(scenario).map(messageSizes)) as [
    MessageSizes[],
    MessageSizes[],
  ];
  const mean = (sizes: readonly MessageSizes[], of: (of: MessageSizes) => number): number =>
    sizes.reduce((sum, size) => sum + of(size), 0) / sizes.length;
  const rows = MESSAGES.map(([id, what, of]): ComparisonRow => {
    const row = exactRow({
      id: `bytes.${id}`,
      section: 'bytes',
      what,
      unit: 'bytes a report',
      a: mean(one, of),
      b: mean(other, of),
      direction: 'less is better',
      why: one.length === 1 ? 'exact, by its bins' : `exact, mean of ${one.length} metrics`,
    });
    if (isOneBuild) return row;
    const why = 'by the formats of the build that compares; the runs are not both of one build';
    return { ...row, judgement: 'unknown', why };
  });
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
