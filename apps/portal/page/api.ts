/**
 * What the page asks the portal: this module alone sends the key, in a header and never in an
 * address. The shapes are those of the portal's OpenAPI description.
 */

export interface Locality {
  readonly country_code: string;
  readonly state_code: string;
}

export interface Dataset {
  readonly aggregation_id: string;
  readonly generic_id: string;
  readonly bins: number;
  readonly labels: readonly string[];
  readonly providers: readonly string[];
}

export interface Authority {
  readonly authority: string;
  readonly localities: readonly Locality[];
  readonly datasets: readonly Dataset[];
  readonly policy: { readonly minimum_clients: number; readonly suppress_below: number };
}

/** One window of one metric, place and vendor. What is withheld is null. */
export interface Result {
  readonly id: string;
  readonly status: 'published' | 'suppressed' | 'held';
  /** A word, and the same as a sentence. */
  readonly reason?: string;
  readonly detail?: string;
  readonly aggregation_id: string;
  readonly generic_id: string;
  readonly data_provider: string;
  readonly country_code: string;
  readonly state_code: string;
  readonly aggregation_start_time: string;
  readonly aggregation_end_time: string;
  readonly epsilon: number | null;
  readonly total_individual_clients: number | null;
  readonly sum: readonly (number | null)[] | null;
  readonly estimates: readonly (number | null)[] | null;
  readonly standard_error: number | null;
  readonly suppressed_bins: readonly number[];
}

export interface ResultFilter {
  readonly dataset: string;
  readonly country: string;
  readonly state: string;
  /** Days of UTC, `2021-12-31`; empty: no limit. */
  readonly from: string;
  readonly to: string;
}

/** The portal refused, in its own words. */
export class RefusedError extends Error {
  readonly status: number;
  /** Whether the key itself is at fault: unknown, expired or revoked. */
  readonly isKeyRefused: boolean;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
    this.isKeyRefused = status === 401;
  }
}

/** What went wrong, for people. */
export function sentenceOf(error: unknown): string {
  if (error instanceof RefusedError) {
    const said = error.isKeyRefused ? 'The key is not accepted' : 'The portal refused';
    return `${said}: ${error.message}`;
  }
  return 'The portal did not answer. Check the connection and try again.';
}

export interface Api {
  authority(signal: AbortSignal): Promise<Authority>;
  results(filter: ResultFilter, signal: AbortSignal): Promise<readonly Result[]>;
  csv(filter: ResultFilter, signal: AbortSignal): Promise<Blob>;
  /** The stream of events, not read yet. */
  events(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

export function createApi(key: string): Api {
  const get = async (path: string, accept: string, signal: AbortSignal): Promise<Response> => {
    const response = await fetch(`/api/priolab/v1/${path}`, {
      headers: { 'x-api-key': key, accept },
      // Nothing of an answer may outlive the session, in no cache.
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal,
    });
    if (!response.ok) throw await refusal(response);
    return response;
  };
  const getJson = async <T>(path: string, signal: AbortSignal): Promise<T> =>
    (await get(path, 'application/json', signal)).json() as Promise<T>;

  return {
    authority: (signal) => getJson('authority', signal),
    results: async (filter, signal) =>
      (await getJson<{ results: Result[] }>(`results?${queryOf(filter)}`, signal)).results,
    csv: async (filter, signal) =>
      (await get(`results.csv?${queryOf(filter)}`, 'text/csv', signal)).blob(),
    async events(signal) {
      const { body } = await get('events', 'text/event-stream', signal);
      if (body === null) throw new TypeError('expected a stream of events, got no body');
      return body;
    },
  };
}

function queryOf({ dataset, country, state, from, to }: ResultFilter): string {
  const query = new URLSearchParams({ datasets: dataset, country });
  if (state !== '') query.set('state', state);
  if (from !== '') query.set('start_date', from);
  if (to !== '') query.set('end_date', to);
  return query.toString();
}

async function refusal(response: Response): Promise<RefusedError> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown };
  const detail = typeof problem.detail === 'string' ? problem.detail : 'it gives no reason';
  return new RefusedError(response.status, detail);
}
