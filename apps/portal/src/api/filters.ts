/**
 * The filters of a request, read strictly: each name at most once, in its one spelling, nothing
 * that is not known. What passes here is safe to query with and to write into the audit log.
 * Source: ENPA section 1.7 (names and forms of the query).
 */

import { problem } from '@priolab/runtime/http';
import type { HttpResponse } from '@priolab/runtime/http';

/** A parameter: how it is described, and what it may be. */
export interface Parameter {
  readonly about: string;
  readonly pattern: string;
  readonly example: string;
}

const DATE = '^\\d{4}-\\d{2}-\\d{2}$';

export const PARAMETERS = {
  datasets: {
    about: 'Aggregation or generic IDs, separated by commas; left out: all',
    pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}(,[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}){0,63}$',
    example: 'notification',
  },
  raw: {
    about: 'Only raw sums are given in this form: True, or left out',
    pattern: '^[Tt]rue$',
    example: 'True',
  },
  start_date: { about: 'First day, UTC, of windows’ starts', pattern: DATE, example: '2021-12-01' },
  end_date: { about: 'Last day, UTC, of windows’ starts', pattern: DATE, example: '2021-12-16' },
  country: { about: 'Country code', pattern: '^[A-Za-z]{2}$', example: 'US' },
  state: { about: 'State code', pattern: '^[A-Za-z0-9]{1,3}$', example: 'wa' },
} as const satisfies Readonly<Record<string, Parameter>>;

export type ParameterName = keyof typeof PARAMETERS;

export type Given = Readonly<Partial<Record<ParameterName, string>>>;

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: HttpResponse };

/**
 * @param query what follows the question mark, as sent
 * @param allowed names of the route's parameters
 */
export function readQuery(query: string, allowed: readonly ParameterName[]): Read<Given> {
  const given: Partial<Record<ParameterName, string>> = {};
  const refuse = (code: string, detail: string): Read<Given> => ({
    ok: false,
    answer: problem(400, code, detail, { members: { allowed } }),
  });
  for (const part of query === '' ? [] : query.split('&')) {
    const equals = part.indexOf('=');
    const [rawName, rawValue] =
      equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    const name = allowed.find((one) => one === decode(rawName));
    const value = decode(rawValue);
    // Unknown names are not quoted: they may be anything.
    if (name === undefined) {
      const names = allowed.length === 0 ? 'no parameter' : allowed.join(', ');
      return refuse('unknown-parameter', `got an unknown parameter, allowed: ${names}`);
    }
    if (given[name] !== undefined) return refuse('repeated-parameter', `${name}: got it twice`);
    const { pattern, about, example } = PARAMETERS[name];
    if (value === undefined || !new RegExp(pattern).test(value)) {
      const text = `${name}: got another text, allowed: such as ${example} (${about})`;
      return refuse('bad-parameter', text);
    }
    given[name] = value;
  }
  return { ok: true, value: given };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** The days of a query as times: from the first one's start, before the last one's end. */
export function readDays({ start_date, end_date }: Given): Read<{
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}> {
  const refuse = (detail: string) =>
    ({ ok: false, answer: problem(400, 'bad-parameter', detail) }) as const;
  const fromMs = start_date === undefined ? undefined : dayMs(start_date);
  const lastMs = end_date === undefined ? undefined : dayMs(end_date);
  if (Number.isNaN(fromMs)) return refuse('start_date: got no day of the calendar');
  if (Number.isNaN(lastMs)) return refuse('end_date: got no day of the calendar');
  const toMs = lastMs === undefined ? undefined : lastMs + DAY_MS;
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    return refuse('end_date: got a day before start_date');
  }
  return { ok: true, value: { fromMs, toMs } };
}

const DAY_MS = 86_400_000;

/** NaN for what no calendar has. */
function dayMs(text: string): number {
  const timeMs = Date.parse(`${text}T00:00:00.000Z`);
  const isThat = !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text);
  return isThat ? timeMs : Number.NaN;
}
