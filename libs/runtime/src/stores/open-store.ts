/**
 * Stores by what a configuration says: a folder's path, or `s3://region/bucket/prefix`, the form
 * that ENPA's processors have (section 6.7). Credentials and another endpoint come from the
 * environment, under AWS's names, and from nowhere else.
 */

import { createFileStore } from './file-store.ts';
import { StoreSettingsError } from './s3/address.ts';
import { createS3Store } from './s3/s3-store.ts';
import type { OnStoreStep, StreamingStore } from './streaming-store.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface OpenStoreOptions {
  readonly onStep?: OnStoreStep;
  /** Of S3 calls. */
  readonly timeoutMs?: number;
  /** Of S3: see `createS3Store`. */
  readonly conditionalPut?: 'native' | 'check-first';
}

/**
 * Nothing is touched before the first operation.
 * @throws StoreSettingsError
 */
export function openStore(
  url: string,
  environment: Environment = process.env,
  options: OpenStoreOptions = {},
): StreamingStore {
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(url) ?? [];
  if (scheme === undefined && url !== '') {
    return createFileStore({ root: url, ...pick(options, 'onStep') });
  }
  const [, region, bucket, prefix] = /^([^/]+)\/([^/]+)(?:\/(.*))?$/s.exec(rest) ?? [];
  if (scheme !== 's3' || region === undefined || bucket === undefined) {
    const expected = "expected a folder's path or s3://region/bucket, or s3://region/bucket/prefix";
    // The rest may hold what is not for messages.
    const got = scheme === undefined ? 'nothing' : `${scheme}://...`;
    throw new StoreSettingsError(`store: ${expected}, got ${got}`);
  }
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'];
  return createS3Store({
    region,
    bucket,
    ...(prefix ? { prefix } : {}),
    ...(endpoint ? { endpoint } : {}),
    credentials: readCredentials(environment),
    ...options,
  });
}

function readCredentials(environment: Environment) {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secretAccessKey) {
    const expected = 'expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment';
    throw new StoreSettingsError(`store in S3: ${expected}`);
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function pick<T extends object, K extends keyof T>(from: T, key: K): Pick<T, K> | object {
  return from[key] === undefined ? {} : { [key]: from[key] };
}
