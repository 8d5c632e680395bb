/** The command line of the load, and its table. */

import { parseArgs } from 'node:util';

import { quantile } from './send.ts';
import { runLoad } from './run.ts';
import type { LoadOptions, LoadResult } from './run.ts';

const USAGE =
  'npm run load -- [--seconds 60] [--rate N] [--bins 5] [--replicas 1|2] [--attack] [--kill]\n' +
  '  [--connections 64] [--warm-up 4000] [--max 120000] [--postgres URL]\n' +
  'Two replicas, and --kill, need a PostgreSQL: --postgres or PRIOLAB_POSTGRES.';

type Say = (line: string) => void;

/** @returns 0; 1 where an accepted upload was lost or doubled; 2 for a wrong command line */
export async function main(argv: readonly string[], say: Say): Promise<number> {
  let options: LoadOptions;
  try {
    options = readOptions(argv, say);
  } catch (error) {
    say(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const result = await runLoad(options);
  for (const line of tableOf(result, options)) say(line);
  const { missing, doubled, oneSided } = result.checked;
  return missing + doubled + oneSided === 0 ? 0 : 1;
}

function readOptions(argv: readonly string[], say: Say): LoadOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: text, rate: text, bins: text, replicas: text, connections: text, max: text,
      'warm-up': text, postgres: text, attack: flag, kill: flag,
    },
  }); // prettier-ignore
  const number = (given: string | undefined, otherwise: number): number => {
    const value = given === undefined ? otherwise : Number(given);
    if (!Number.isInteger(value) || value < 0) throw new TypeError(`a whole number, got ${given}`);
    return value;
  };
  const isTwo = values.replicas === '2' || values.kill;
  return {
    seconds: number(values.seconds, 60),
    ratePerS: number(values.rate, 0),
    bins: number(values.bins, 5),
    replicas: isTwo ? 2 : 1,
    postgres: postgresOf(values.postgres, isTwo),
    attack: values.attack,
    kill: values.kill,
    connections: number(values.connections, 64),
    warmUpCount: number(values['warm-up'], 4000),
    countMax: number(values.max, 120_000),
    say,
  };
}

/** A schema of its own, so that a load finds nothing there. */
function postgresOf(given: string | undefined, isNeeded: boolean): string | undefined {
  const server = given ?? (isNeeded ? process.env['PRIOLAB_POSTGRES'] : undefined);
  if (server === undefined) {
    if (isNeeded) throw new TypeError('two replicas share a PostgreSQL, got none');
    return undefined;
  }
  const url = new URL(server);
  url.searchParams.set('schema', `load_${crypto.randomUUID().replaceAll('-', '')}`);
  return url.href;
}

function tableOf(result: LoadResult, options: LoadOptions): string[] {
  const { sockets, inProcess, sent, ratePerS, taken, attack, checked } = result;
  const cpuMs = taken.reduce((sum, one) => sum + one.cpuMs, 0);
  const perSecond = ({ acceptedCount, seconds }: typeof sent): number => acceptedCount / seconds;
  const ms = (share: number): string => `${quantile(sent.latencies, share).toFixed(1)} ms`;
  const rows: (readonly [string, string])[] = [
    ['replicas, state', `${options.replicas}, ${options.postgres ? 'PostgreSQL' : 'SQLite'}`],
    ['as fast as can be, in process', `${perSecond(inProcess).toFixed(0)} accepted/s`],
    ['as fast as can be, over sockets, one replica', `${perSecond(sockets).toFixed(0)} accepted/s`],
    ['sockets / in process', (perSecond(sockets) / perSecond(inProcess)).toFixed(2)],
    ['sent', `${sent.accepted.length} in ${sent.seconds.toFixed(1)} s, ${ratePerS}/s meant`],
    ['accepted', `${sent.acceptedCount} (${perSecond(sent).toFixed(0)}/s)`],
    [
      'refused, put off, without answer',
      `${sent.refusedCount}, ${sent.putOffCount}, ${sent.lostCount}`,
    ],
    ['open at the end', String(sent.openCount)],
    ['latency from the time meant, p50', ms(0.5)],
    ['p99', ms(0.99)],
    ['p99.9', ms(0.999)],
    ...taken.map(({ mib }, i) => [`memory of replica ${i + 1}`, memoryText(mib)] as const),
    ['CPU of all replicas an accepted upload', `${(cpuMs / sent.acceptedCount).toFixed(2)} ms`],
    ...Object.entries(attack ?? {}).map(([what, n]) => [`attack: ${what}`, String(n)] as const),
    ['batches, reports in them', `${checked.batches}, ${checked.batched}`],
    ['accepted and in no batch', String(checked.missing)],
    ['doubled, at one processor only', `${checked.doubled}, ${checked.oneSided}`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

/** At the beginning, and each fifth of the time. */
function memoryText(mib: readonly number[]): string {
  if (mib.length === 0) return 'not known here';
  const at = [0, 1, 2, 3, 4, 5].map((k) => mib[Math.floor((k * (mib.length - 1)) / 5)]!);
  return `${at.map((one) => one.toFixed(0)).join(' ')} MiB, at most ${Math.max(...mib).toFixed(0)}`;
}
