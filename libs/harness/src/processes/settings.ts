/**
 * What the environment says of a run with processes: where S3 and PostgreSQL are, and how both are
 * left as they were found. Files need nothing.
 */

import { TransportError, openStore } from '@priolab/runtime/stores';
import type { OpenStoreOptions } from '@priolab/runtime/stores';

import type { Buckets } from '../deployment/places.ts';

import { UsageError } from '../scenario/problems.ts';
import type { Problem } from '../scenario/problems.ts';
import type { ProcessesSetup } from '../scenario/deployment-schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const S3_VARIABLES = ['AWS_ENDPOINT_URL_S3', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
const BUCKET_VARIABLE = 'PRIOLAB_S3_BUCKET';
const POSTGRES_VARIABLE = 'PRIOLAB_POSTGRES';
/** Servers for tests ignore the condition of a put; the programs go by the same variable. */
const CONDITION_VARIABLE = 'PRIOLAB_S3_CONDITIONAL_PUT';

/** Every program with a state of its own, by its name. */
export const PROGRAMS = [
  'leader',
  'helper',
  'apple-ingestor',
  'google-ingestor',
  'portal',
] as const;
export type Program = (typeof PROGRAMS)[number];
export type StateUrls = Readonly<Record<Program, string>>;

export function storeOptions(environment: Environment): OpenStoreOptions {
  const isChecked = environment[CONDITION_VARIABLE] === 'check-first';
  return { conditionalPut: isChecked ? 'check-first' : 'native' };
}

/** @throws UsageError with everything that is missing */
export function checkEnvironment(setup: ProcessesSetup, environment: Environment): void {
  const problems: Problem[] = [];
  const missing = S3_VARIABLES.filter((name) => !environment[name]);
  if (setup.buckets === 's3' && missing.length > 0) {
    const message = `"s3" needs ${missing.join(', ')} in the environment; allowed without: "files"`;
    problems.push({ path: 'deployment.buckets', message });
  }
  if (setup.state === 'postgres' && !environment[POSTGRES_VARIABLE]) {
    const hint = 'as node tools/servers.js start prints it; allowed without: "sqlite"';
    const message = `"postgres" needs ${POSTGRES_VARIABLE} in the environment, ${hint}`;
    problems.push({ path: 'deployment.state', message });
  }
  if (problems.length > 0) throw new UsageError('deployment', problems);
}

export function bucketsOf(
  { buckets }: ProcessesSetup,
  parts: { readonly folder: string; readonly name: string; readonly environment: Environment },
): Buckets {
  const { folder, name, environment } = parts;
  if (buckets === 'files') return { root: `${folder}/buckets` };
  const region = environment['AWS_REGION'] || 'us-east-1';
  return { root: `s3://${region}/${environment[BUCKET_VARIABLE] || 'priolab'}/${name}` };
}

/** A database for each program: a file beside its configuration, or a schema of its own. */
export function stateUrlsOf(
  { state }: ProcessesSetup,
  { name, environment }: { readonly name: string; readonly environment: Environment },
): StateUrls {
  const urlOf = (program: Program): string => {
    if (state === 'sqlite') return `sqlite:${program}.db`;
    const url = new URL(environment[POSTGRES_VARIABLE]!);
    url.searchParams.set('schema', `${name}_${program}`.replaceAll('-', '_'));
    return url.href;
  };
  return Object.fromEntries(PROGRAMS.map((one) => [one, urlOf(one)])) as unknown as StateUrls;
}

/**
 * Removes what a run has in S3 and PostgreSQL; folders go with the run's own.
 * @throws UsageError where they can't be used
 */
export async function clearPlaces(
  buckets: Buckets,
  stateUrls: StateUrls,
  environment: Environment,
): Promise<void> {
  await usable('buckets', () => clearBuckets(buckets, environment));
  await usable('state', async () => {
    for (const url of Object.values(stateUrls)) await dropSchema(url);
  });
}

async function usable(field: keyof ProcessesSetup, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const message = `can't be used: ${error.message}`;
    throw new UsageError('deployment', [{ path: `deployment.${field}`, message }]);
  }
}

async function clearBuckets({ root }: Buckets, environment: Environment): Promise<void> {
  if (!root.includes('://')) return;
  const store = openStore(root, environment, storeOptions(environment));
  for (const key of await store.list('')) await store.delete(key);
}

async function dropSchema(stateUrl: string): Promise<void> {
  if (!stateUrl.startsWith('postgres')) return;
  const url = new URL(stateUrl);
  const schema = url.searchParams.get('schema')!;
  url.searchParams.delete('schema');
  const { openDatabase } = await import('@priolab/runtime/database');
  const database = await openDatabase(url.href);
  try {
    // The name is made of digits and letters of ours.
    await database.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  } finally {
    await database.close();
  }
}
