/**
 * Reads the totals as authorities do: over the portal's HTTP API, each state's with its own key,
 * and nothing else. What the portal would not show to that authority is not in the run.
 */

import { DAY_MS } from '@priolab/roles';
import { TransportError } from '@priolab/runtime/stores';
import type { HttpClient } from '@priolab/runtime/http';

import { firstDay, metricsOf } from '../run/settings.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { PortalResult } from './compare.ts';

/** A row of `GET /api/priolab/v1/results`, as far as it is used here. */
interface ResultRow {
  readonly status: PortalResult['status'];
  readonly reason?: string;
  readonly detail?: string;
  readonly aggregation_id: string;
  readonly data_provider: string;
  readonly country_code: string;
  readonly state_code: string;
  readonly aggregation_start_time: string;
  readonly aggregation_end_time: string;
  readonly total_individual_clients: number | null;
  readonly sum: readonly (number | null)[] | null;
}

/** What is asked of the portal: never more at a time than one metric's results of one day. */
export interface Asked {
  readonly metrics: readonly string[];
  /** `2021-12-01` */
  readonly days: readonly string[];
}

export function askedOf(scenario: Scenario): Asked {
  const first = firstDay(scenario);
  const days = Array.from({ length: scenario.population.days }, (_, i) => {
    return new Date((first + i) * DAY_MS).toISOString().slice(0, 10);
  });
  return { metrics: metricsOf(scenario).map(({ id }) => id), days };
}

/**
 * @param options `keys` of each state
 * @throws TransportError where the portal does not answer as it should
 */
export async function readPortal(
  options: Asked & {
    readonly client: HttpClient;
    readonly url: string;
    readonly keys: ReadonlyMap<string, string>;
  },
): Promise<PortalResult[]> {
  const { client, url, keys, metrics, days } = options;
  const results: PortalResult[] = [];
  for (const [state, key] of keys) {
    for (const metric of metrics) {
      for (const day of days) {
        const query = `datasets=${metric}&start_date=${day}&end_date=${day}`;
        const { status, body } = await client.send({
          method: 'GET',
          url: `${url}/api/priolab/v1/results?${query}`,
          headers: { 'x-api-key': key },
        });
        const text = new TextDecoder().decode(body);
        if (status !== 200) throw wrongAnswer(`${state}: status ${status}: ${text.slice(0, 200)}`);
        results.push(...readRows(state, text));
      }
    }
  }
  return results;
}

function readRows(state: string, text: string): PortalResult[] {
  try {
    const { results } = JSON.parse(text) as { readonly results: readonly ResultRow[] };
    return results.map(resultOf);
  } catch (error) {
    throw wrongAnswer(`${state}: ${error instanceof Error ? error.message : 'no JSON'}`);
  }
}

function resultOf(row: ResultRow): PortalResult {
  const places = [row.country_code, row.state_code].filter((code) => code !== '');
  return {
    name: {
      instance: [...places, row.data_provider].join('-').toLowerCase(),
      aggregation: row.aggregation_id,
      start: Date.parse(row.aggregation_start_time),
      end: Date.parse(row.aggregation_end_time),
    },
    status: row.status,
    reason: row.reason ?? '',
    detail: row.detail ?? '',
    clients: row.total_individual_clients,
    totals: row.sum,
  };
}

function wrongAnswer(detail: string): TransportError {
  const text = `the portal: expected results, got ${detail}`;
  return new TransportError('corrupt', text, { retryable: false, definite: true });
}
