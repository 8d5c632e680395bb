/**
 * The routes, in one table: the router answers by it, and the OpenAPI description is made from it,
 * so that neither can know what the other does not. Source: ENPA section 1.7.
 */

import { json, problem } from '@priolab/runtime/http';
import type { HttpRequest, HttpResponse } from '@priolab/runtime/http';

import { csvOf } from '../result/csv.ts';
import { knownDatasets, labelsOf } from '../result/dataset.ts';
import { codesOf } from '../result/place.ts';
import { publishedRecord, resultAnswer } from '../result/present.ts';
import type { Policy, Result, Status } from '../result/result.ts';
import type { Audit } from '../state/audit.ts';
import type { Caller } from '../state/keys.ts';
import type { Filters, ResultState } from '../state/results.ts';
import { readDays } from './filters.ts';
import type { Given, ParameterName, Read } from './filters.ts';
import type { Listeners } from './listeners.ts';
import type { SchemaName } from './schemas.ts';

/** What routes have at hand. */
export interface Counter {
  readonly results: ResultState;
  readonly audit: Audit;
  readonly listeners: Listeners;
  readonly policy: Policy;
  readonly limits: {
    /** Results, and bins of them, that one answer has at most. */
    readonly resultsMax: number;
    readonly binsMax: number;
  };
}

/** A request of somebody who is known, with parameters that were checked. */
export interface Call {
  readonly request: HttpRequest;
  readonly caller: Caller;
  readonly given: Given;
}

export interface Route {
  readonly path: string;
  /** In logs, the audit log and metrics. */
  readonly name: string;
  readonly about: string;
  readonly parameters: readonly ParameterName[];
  readonly answer: { readonly type: string; readonly schema?: SchemaName };
  /** What it may answer beside 200, and 400, 401, 429 and 503, which any may. */
  readonly refusals: readonly (403 | 503)[];
  readonly isStream?: boolean;
  respond(counter: Counter, call: Call): Promise<HttpResponse>;
}

const FILTERS = ['datasets', 'start_date', 'end_date', 'country', 'state'] as const;

export const ROUTES: readonly Route[] = [
  {
    path: '/api/public/v2/enpa-data',
    name: 'enpa-data',
    about: 'Published records, in the shape of 2022',
    parameters: ['datasets', 'raw', 'start_date', 'end_date', 'country', 'state'],
    answer: { type: 'application/json', schema: 'Records' },
    refusals: [403],
    respond: (counter, call) =>
      answerResults(counter, call, 'published', (results) =>
        json(200, { rawData: results.flatMap((one) => publishedRecord(one) ?? []) }),
      ),
  },
  {
    path: '/api/priolab/v1/authority',
    name: 'authority',
    about: 'Who the key is of, what it may read, and by which policy',
    parameters: [],
    answer: { type: 'application/json', schema: 'Authority' },
    refusals: [],
    respond: answerAuthority,
  },
  {
    path: '/api/priolab/v1/results',
    name: 'results',
    about: 'Results with estimates and errors; also what is suppressed or held, and why',
    parameters: FILTERS,
    answer: { type: 'application/json', schema: 'Results' },
    refusals: [403],
    respond: (counter, call) =>
      answerResults(counter, call, undefined, (results) =>
        json(200, { results: results.map(resultAnswer) }),
      ),
  },
  {
    path: '/api/priolab/v1/results.csv',
    name: 'results.csv',
    about: 'The same as CSV, a row a bin',
    parameters: FILTERS,
    answer: { type: 'text/csv' },
    refusals: [403],
    respond: (counter, call) => answerResults(counter, call, undefined, csvAnswer),
  },
  {
    path: '/api/priolab/v1/events',
    name: 'events',
    about: 'Server-sent events: `event: result`, data {"id": ...}, for each result that is new',
    parameters: [],
    answer: { type: 'text/event-stream' },
    refusals: [503],
    isStream: true,
    respond: answerEvents,
  },
];

async function answerAuthority(counter: Counter, { request, caller }: Call): Promise<HttpResponse> {
  const { authority, localities } = caller;
  const datasets = await counter.results.datasets(localities);
  await writeRead(counter, { request, caller, route: 'authority', records: 0 });
  const { clientsMin, suppressBelow } = counter.policy;
  return json(200, {
    authority,
    localities: localities.map((one) => {
      const { country, state } = codesOf(one);
      return { country_code: country, state_code: state };
    }),
    datasets: datasets.map(({ aggregation, genericId, bins, providers }) => ({
      aggregation_id: aggregation,
      generic_id: genericId,
      bins,
      labels: labelsOf(aggregation, bins),
      providers,
    })),
    policy: { minimum_clients: clientsMin, suppress_below: suppressBelow },
  });
}

async function answerResults(
  counter: Counter,
  call: Call,
  status: Status | undefined,
  present: (results: readonly Result[]) => HttpResponse,
): Promise<HttpResponse> {
  const { request, caller, given } = call;
  const read = await readFilters(counter, call, status);
  if (!read.ok) return read.answer;
  const tooMany = await boundFault(counter, read.value);
  if (tooMany !== undefined) return tooMany;
  const results = await counter.results.find(read.value, counter.limits.resultsMax);
  const route = request.target.split('?', 1)[0]!;
  // Nothing is given that the audit log does not have.
  await writeRead(counter, { request, caller, route, given, records: results.length });
  return present(results);
}

/** What was asked for, cut down to what the caller may see. */
async function readFilters(
  { results }: Counter,
  { caller, given }: Call,
  status: Status | undefined,
): Promise<Read<Filters>> {
  const days = readDays(given);
  if (!days.ok) return days;
  const country = given.country?.toLowerCase();
  const state = given.state?.toLowerCase();
  const localities = caller.localities.filter((one) => {
    const codes = codesOf(one);
    const isCountry = country === undefined || country === codes.country;
    return isCountry && (state === undefined || state === codes.state);
  });
  if (localities.length === 0) {
    const own = caller.localities.join(', ');
    const detail = `got a country or state that is not this key's, allowed: ${own}`;
    return { ok: false, answer: problem(403, 'not-yours', detail) };
  }
  const datasets = given.datasets?.split(',');
  if (datasets !== undefined) {
    const own = (await results.datasets(caller.localities)).flatMap((one) => [
      one.aggregation,
      one.genericId,
    ]);
    const known = new Set([...knownDatasets, ...own]);
    if (!datasets.every((one) => known.has(one))) {
      const members = { allowed: [...known].sort() };
      const detail = 'datasets: got an ID that is not known';
      return { ok: false, answer: problem(400, 'unknown-dataset', detail, { members }) };
    }
  }
  return { ok: true, value: { localities, datasets, ...days.value, status } };
}

/** An answer is whole, or refused: one that was cut off might be taken for all there is. */
async function boundFault(
  { results, limits }: Counter,
  filters: Filters,
): Promise<HttpResponse | undefined> {
  const found = await results.count(filters);
  const { resultsMax, binsMax } = limits;
  if (found.results <= resultsMax && found.bins <= binsMax) return undefined;
  const detail =
    `got ${found.results} results with ${found.bins} bins, allowed: ${resultsMax} with ` +
    `${binsMax}; ask for fewer days or datasets`;
  return problem(400, 'too-many-results', detail);
}

function csvAnswer(results: readonly Result[]): HttpResponse {
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="enpa-results.csv"',
    },
    body: csvOf(results),
  };
}

async function answerEvents(counter: Counter, { request, caller }: Call): Promise<HttpResponse> {
  const { audit, listeners } = counter;
  const { keyId, authority } = caller;
  const { remote, signal } = request;
  const headers = { 'retry-after': '30' };
  const full = problem(503, 'too-many-listeners', 'all places are taken, try again', { headers });
  if (!listeners.hasPlace(keyId)) return full;
  // First, as a place is only free again when the other end is gone.
  const what = { route: 'events' };
  await audit.write({ action: 'listen', outcome: 'given', keyId, authority, remote, what });
  const stream = listeners.open(caller, signal);
  if (stream === undefined) return full;
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: stream };
}

function writeRead(
  { audit }: Counter,
  read: {
    readonly request: HttpRequest;
    readonly caller: Caller;
    readonly route: string;
    readonly given?: Given;
    readonly records: number;
  },
): Promise<void> {
  const { request, caller, route, given = {}, records } = read;
  const { keyId, authority } = caller;
  const what = { route, ...given };
  const { remote } = request;
  const action = 'read';
  return audit.write({ action, outcome: 'given', keyId, authority, remote, what, records });
}
