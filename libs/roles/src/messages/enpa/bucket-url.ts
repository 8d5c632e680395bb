/**
 * Where a bucket is, as manifests and command lines say it: `s3://{region}/{name}[/prefix]`,
 * `gs://{name}[/prefix]`, or a local path.
 * Source: ENPA section 6.6; prio-server facilitator/src/config.rs, workflow-manager/storage.
 */

import { EnpaError } from './errors.ts';

export type BucketUrl =
  | { readonly service: 's3'; readonly region: string; readonly name: string; prefix: string }
  | { readonly service: 'gs'; readonly name: string; readonly prefix: string }
  | { readonly service: 'local'; readonly path: string };

/**
 * Whose rules: the facilitator asks for a region as AWS names them, workflow-manager takes any
 * region but no local path, and `ours` takes both.
 */
export type BucketDialect = 'ours' | 'facilitator' | 'workflow-manager';

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s;
const REGION = /^[a-z0-9-]+$/;
const AWS_REGION = /^[a-z]{2}(?:-[a-z]+)+-\d+$/;
const BUCKET = /^[a-z0-9][a-z0-9._-]+$/;
const UNPRINTABLE = /\p{Cc}/u;

/**
 * @param options `identity`: the role to take on, which workflow-manager refuses for `gs`
 * @throws EnpaError `bucket-url`
 */
export function parseBucketUrl(
  text: string,
  options: { readonly dialect?: BucketDialect; readonly identity?: string } = {},
): BucketUrl {
  const { dialect = 'ours', identity } = options;
  const [, scheme, rest = ''] = SCHEME.exec(text) ?? [];
  if (text === '' || UNPRINTABLE.test(text)) throw refusal('a URL or path');
  if (scheme === undefined) {
    if (dialect === 'workflow-manager') throw refusal("'s3://' or 'gs://'");
    return { service: 'local', path: text };
  }
  const segments = rest.replace(/\/$/, '').split('/');
  if (scheme === 's3') {
    const [region = '', name = '', ...prefix] = segments;
    const isRegion = dialect === 'facilitator' ? AWS_REGION : REGION;
    if (!isRegion.test(region)) throw refusal('a region after s3://');
    return { service: 's3', region, name: bucketName(name), prefix: prefixOf(prefix) };
  }
  if (scheme !== 'gs') throw refusal("'s3://', 'gs://' or a path");
  const [name = '', ...prefix] = segments;
  if (dialect === 'workflow-manager' && (identity ?? '') !== '') {
    throw refusal('no identity for a bucket of gs');
  }
  return { service: 'gs', name: bucketName(name), prefix: prefixOf(prefix) };
}

function bucketName(name: string): string {
  if (!BUCKET.test(name)) throw refusal('the name of a bucket');
  return name;
}

function prefixOf(segments: readonly string[]): string {
  // A prefix may lead nowhere but down.
  if (segments.some((segment) => ['', '.', '..'].includes(segment))) {
    throw refusal("a prefix without '.', '..' and '//'");
  }
  return segments.join('/');
}

function refusal(expected: string): EnpaError {
  return new EnpaError('bucket-url', `bucket: expected ${expected}, got another`);
}
