/**
 * Where objects are, as manifests name it: `s3://{region}/{name}[/prefix]`, `gs://{name}[/prefix]`
 * or a local path. Source: ENPA section 6.6, facilitator/src/config.rs.
 */

const S3 = /^s3:\/\/[a-z0-9-]+\/[A-Za-z0-9][A-Za-z0-9._-]*(\/.*)?$/;
const GS = /^gs:\/\/[A-Za-z0-9][A-Za-z0-9._-]*(\/.*)?$/;

export type BucketKind = 's3' | 'gs' | 'path';

export function bucketKind(url: string): BucketKind {
  if (url.startsWith('s3://')) return 's3';
  return url.startsWith('gs://') ? 'gs' : 'path';
}

/** What is expected instead of a malformed one. */
export function bucketFault(url: string): string | undefined {
  if (url.startsWith('s3://')) return S3.test(url) ? undefined : 's3://region/name[/prefix]';
  if (url.startsWith('gs://')) return GS.test(url) ? undefined : 'gs://name[/prefix]';
  const isOther = url === '' || /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(url) || url.includes('\0');
  return isOther ? 's3://region/name[/prefix], gs://name[/prefix] or a path' : undefined;
}
