/**
 * The page in a real browser, before a real portal on a socket: two authorities with results that
 * can be told apart, the same on each run. For tests and for the pictures in `docs/images`.
 */

import { createVirtualClock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';
import { serveHttp } from '@priolab/runtime/http';

import { createPortalService, pageAssets } from '../../src/index.ts';
import type { FinishedCell, PortalService } from '../../src/index.ts';

export const DAY_MS = 86_400_000;
export const START_MS = Date.UTC(2021, 11, 1);
const EPSILON = 8;
const FLIP = 1 / (1 + Math.exp(EPSILON));

export interface Stand {
  readonly portal: PortalService;
  readonly url: string;
  readonly keys: { readonly washington: string; readonly maryland: string };
  close(): Promise<void>;
}

export async function createStand(cells: readonly FinishedCell[]): Promise<Stand> {
  const portal = await createPortalService({
    clock: createVirtualClock(START_MS + 20 * DAY_MS),
    database: await openDatabase('sqlite::memory:'),
    log: () => {},
    assets: await pageAssets(),
    policy: { clientsMin: 500, suppressBelow: 0, patienceMs: 0 },
  });
  await portal.putResults(cells);
  const keyOf = async (authority: string, locality: string) =>
    (await portal.addKey({ authority, localities: [locality] })).key;
  const keys = {
    washington: await keyOf('Washington Department of Health', 'us-wa'),
    maryland: await keyOf('Maryland Department of Health', 'us-md'),
  };
  const server = await serveHttp(portal.http, { host: '127.0.0.1', port: 0, closeTimeoutMs: 100 });
  return {
    portal,
    url: server.url,
    keys,
    async close() {
      await portal.close();
      await server.close();
    },
  };
}

export interface CellOptions {
  readonly locality: string;
  readonly days: number;
  /** Contributions of Apple's phones a day; Google's are four fifths. */
  readonly clients: number;
  readonly aggregations?: readonly string[];
}

/** Shapes of the true counts, for each thousand contributions. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  'PeriodicExposureNotification-v1': [988, 5, 3.5, 2, 0.6],
  'DateExposure-v1': [1, 1.6, 1.1, 0.5, 0.7, 1, 0.8, 0.3, 0.3, 0.5, 0.4, 0.2, 0.1, 0.1, 0.1, 0],
  'histogramMetric-v2': Array.from({ length: 1344 }, (_, bin) => riskShare(bin)),
};

/** More of what is long at a short distance. */
function riskShare(bin: number): number {
  const [attenuation, duration] = [(bin >> 3) & 7, bin & 7];
  return (0.08 * (duration + 1)) / (attenuation + 1) ** 1.4;
}

/** A wave over the days, with noise; Apple's sixth window is held, Google's tenth too small. */
export function cellsOf(options: CellOptions): FinishedCell[] {
  const { locality, days, clients, aggregations = Object.keys(SHAPES) } = options;
  const draw = createDraws(locality);
  return aggregations.flatMap((aggregation) =>
    Array.from({ length: days }, (_, day) => day).flatMap((day) =>
      (['apple', 'google'] as const).map((vendor): FinishedCell => {
        const isFew = vendor === 'google' && day === 9;
        const n = isFew ? 120 : Math.round(vendor === 'apple' ? clients : 0.8 * clients);
        const startMs = START_MS + day * DAY_MS;
        const window = { locality, vendor, aggregation, startMs, endMs: startMs + DAY_MS };
        if (vendor === 'apple' && day === 5) {
          const held = { reason: 'no-helper-share', detail: '' };
          return { ...window, epsilon: EPSILON, clients: n, held };
        }
        const rise = 1 + 2.2 * Math.sin((Math.PI * day) / 13) ** 2;
        const totals = SHAPES[aggregation]!.map((share) => {
          const isMost = share > 500;
          const truth = (n * share * (isMost ? 1 : rise)) / 1000;
          const noise = Math.sqrt(n * FLIP) * draw();
          const mean = truth * (1 - 2 * FLIP) + n * FLIP;
          return Math.min(n, Math.max(0, Math.round(mean + noise)));
        });
        return { ...window, epsilon: EPSILON, clients: n, totals };
      }),
    ),
  );
}

/** Nearly normal numbers, the same for the same name. */
function createDraws(name: string): () => number {
  let state = Buffer.from(name).reduce((sum, byte) => (31 * sum + byte) >>> 0, 7);
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((sum, one) => sum + one, -6);
}
