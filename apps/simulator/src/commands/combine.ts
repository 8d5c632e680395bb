/**
 * `priolab combine`: the portal's part over the real wire. Reads the sum parts of both processors
 * from their buckets, pairs them, and prints totals, estimates and what is held.
 */

import { readFileSync } from 'node:fs';

import { EXIT } from '@priolab/harness';
import { readSumParts } from '@priolab/nodes/sum-parts';
import type { FoundSumParts, SumPartProblem } from '@priolab/nodes/sum-parts';
import { estimateTotals } from '@priolab/roles';
import type { Estimate } from '@priolab/roles';
import { createBatchVerifier, pairSumParts } from '@priolab/roles/enpa';
import type { BatchVerifier, HeldSum, ServerIndex, SumTotal } from '@priolab/roles/enpa';
import { ManifestError, batchSigningKeys, readProcessorManifest } from '@priolab/roles/manifest';
import { StoreSettingsError, TransportError, openStore } from '@priolab/runtime/stores';

import { parse, usage } from '../arguments.ts';
import { printable } from '../streams.ts';

const SCHEMA = 'priolab-combination/1';
const SIDES = ['pha', 'facilitator'] as const;
type Side = (typeof SIDES)[number];

const options = {
  pha: { type: 'string' },
  facilitator: { type: 'string' },
  'pha-manifest': { type: 'string' },
  'facilitator-manifest': { type: 'string' },
  instance: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const REQUIRED = ['pha', 'facilitator', 'pha-manifest', 'facilitator-manifest'] as const;

interface Unreadable extends SumPartProblem {
  readonly bucket: Side;
}

interface Outcome {
  readonly totals: readonly (SumTotal & { readonly estimate: Estimate | undefined })[];
  readonly held: readonly HeldSum[];
  readonly unreadable: readonly Unreadable[];
}

export async function combine(args: readonly string[]): Promise<number> {
  const { values } = parse('combine', args, options, (parsed) => [
    ...REQUIRED.map((name) => (parsed.values[name] ? undefined : `--${name} is missing`)),
    parsed.positionals.length > 0
      ? `got "${parsed.positionals.join(' ')}"; allowed: options only`
      : undefined,
  ]);
  const { instance, json } = values;
  const instances = instance === undefined ? undefined : new Set(instance.split(','));
  const found = await Promise.all(
    SIDES.map((side) => {
      const verifier = readVerifier(values[`${side}-manifest`]!);
      return readBucket(side, values[side]!, { verifier, instances });
    }),
  );
  for (const hint of hintsOf(found, values)) console.error(printable(hint));
  const outcome = outcomeOf(found as [FoundSumParts, FoundSumParts]);
  if (json) console.log(JSON.stringify(jsonOf(outcome), null, 2));
  else for (const line of linesOf(outcome)) console.log(printable(line));
  const { totals, held, unreadable } = outcome;
  if (held.length > 0 || unreadable.length > 0) return EXIT.correctness;
  return totals.length === 0 ? EXIT.vacuous : EXIT.pass;
}

function readVerifier(file: string): BatchVerifier {
  try {
    const manifest = readProcessorManifest(readFileSync(file, 'utf8'));
    return createBatchVerifier(batchSigningKeys(manifest));
  } catch (error) {
    if (error instanceof ManifestError) {
      throw usage('combine', `${file}: ${error.message.replaceAll('\n', '\n  ')}`);
    }
    throw usage('combine', `${file} can't be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function readBucket(
  side: Side,
  place: string,
  how: {
    readonly verifier: BatchVerifier;
    readonly instances: ReadonlySet<string> | undefined;
  },
): Promise<FoundSumParts> {
  const { verifier, instances } = how;
  const server: ServerIndex = side === 'pha' ? 0 : 1;
  try {
    const store = openStore(place);
    const some = instances === undefined ? {} : { instances };
    return await readSumParts({ store, server, verifier, ...some });
  } catch (error) {
    const isMistake = error instanceof StoreSettingsError || error instanceof TransportError;
    throw isMistake ? usage('combine', `--${side}: ${error.message}`) : error;
  }
}

/** What may be wrong with the command line where a bucket has objects, but none of its side's. */
function hintsOf(
  found: readonly FoundSumParts[],
  places: { readonly pha?: string | undefined; readonly facilitator?: string | undefined },
): string[] {
  const isSame = places.pha === places.facilitator;
  return SIDES.flatMap((side, server) => {
    const { parts, problems, otherCount } = found[server]!;
    if (parts.length > 0 || problems.length > 0 || otherCount === 0) return [];
    const cause = isSame ? '--pha and --facilitator are the same' : 'is it the right one?';
    return [
      `--${side}: ${otherCount} objects, but no sum part of the ${side} (.sum_${server}): ${cause}`,
    ];
  });
}

function outcomeOf([pha, facilitator]: readonly [FoundSumParts, FoundSumParts]): Outcome {
  const { totals, held } = pairSumParts(pha.parts, facilitator.parts);
  const named = (bucket: Side, { problems }: FoundSumParts): Unreadable[] =>
    problems.map((problem) => ({ bucket, ...problem }));
  return {
    totals: totals.map((total) => ({ ...total, estimate: estimateOf(total) })),
    held,
    unreadable: [...named('pha', pha), ...named('facilitator', facilitator)],
  };
}

/** Undefined for an epsilon that no noise has: what both signed may still be nonsense. */
function estimateOf({ epsilon, totals, clientCount }: SumTotal): Estimate | undefined {
  try {
    return estimateTotals({ epsilon, totals, count: clientCount });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function jsonOf({ totals, held, unreadable }: Outcome): object {
  const times = ({ start, end }: HeldSum | SumTotal): object => ({
    start: new Date(start).toISOString(),
    end: new Date(end).toISOString(),
  });
  return {
    schema: SCHEMA,
    totals: totals.map(({ estimate, totals: sums, ...total }) => ({
      instance: total.instance,
      aggregation: total.aggregation,
      ...times({ ...total, totals: sums }),
      epsilon: total.epsilon,
      clients: total.clientCount,
      batches: total.batchUuids,
      refused: total.invalid,
      totals: [...sums],
      estimates: estimate === undefined ? null : [...estimate.values],
      standardError: estimate?.standardError ?? null,
    })),
    held: held.map((one) => ({ ...one, ...times(one) })),
    unreadable,
  };
}

function linesOf({ totals, held, unreadable }: Outcome): string[] {
  const lines = totals.flatMap((total) => {
    const { batchUuids, clientCount, invalid, estimate, epsilon } = total;
    const counts = [
      `${clientCount.toLocaleString('en')} clients`,
      `${batchUuids.length} batches`,
      `${invalid.length} refused`,
    ];
    const off =
      estimate === undefined
        ? `no estimate at epsilon ${epsilon}`
        : `estimates +/- ${estimate.standardError.toFixed(1)} (one standard error)`;
    return [
      `${windowName(total)}: ${counts.join(', ')}; ${off}`,
      ...columns(
        ['bin', ...Array.from(total.totals.keys(), String)],
        ['total', ...Array.from(total.totals, String)],
        ['estimate', ...Array.from(estimate?.values ?? [], (value) => value.toFixed(1))],
      ),
      '',
    ];
  });
  return [
    ...lines,
    ...held.map((one) => `HELD  ${windowName(one)}: ${one.reason}${detail(one.detail)}`),
    ...unreadable.map(({ bucket, key, code, detail: text }) => {
      return `UNREADABLE  ${bucket} ${key}: ${code}${detail(text)}`;
    }),
    `${totals.length} paired, ${held.length} held, ${unreadable.length} unreadable`,
  ];
}

function windowName({ instance, aggregation, start, end }: HeldSum | SumTotal): string {
  const minute = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 16);
  return `${instance} ${aggregation} ${minute(start)}Z to ${minute(end)}Z`;
}

function detail(text: string): string {
  return text === '' ? '' : `: ${text}`;
}

const COLUMNS = 12;

/** Rows of numbers side by side, so many at a time. */
function columns(...rows: readonly (readonly string[])[]): string[] {
  const [titles, ...values] = [rows.map(([title]) => title!), ...rows.map(([, ...rest]) => rest)];
  const count = values[0]!.length;
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(...values.map((row) => (row[i] ?? '').length)),
  );
  const lines: string[] = [];
  for (let from = 0; from < count; from += COLUMNS) {
    for (const [r, row] of values.entries()) {
      const cells = row
        .slice(from, from + COLUMNS)
        .map((cell, i) => cell.padStart(widths[from + i]!));
      if (cells.length > 0) lines.push(`  ${titles[r]!.padEnd(8)}  ${cells.join('  ')}`);
    }
  }
  return lines;
}
