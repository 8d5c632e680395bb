/**
 * Where an S3 bucket is and how its objects are addressed: by the host's name (AWS), or by the path
 * (most other servers, and buckets whose dots no certificate covers).
 */

export interface S3Address {
  readonly region: string;
  readonly bucket: string;
  /** 'http://host:port'; AWS's where it is left out. */
  readonly endpoint?: string;
  /** 'path' where there is an endpoint or the bucket's name has dots, else 'virtual-host'. */
  readonly addressing?: 'path' | 'virtual-host';
}

/** Settings of a store that make no sense. */
export class StoreSettingsError extends Error {
  override readonly name = 'StoreSettingsError';
  readonly code = 'store-settings';
}

export type Query = Readonly<Record<string, string>>;

/** Makes URLs of the bucket ('' as key) and its objects. @throws StoreSettingsError */
export function createAddresses(address: S3Address): (key: string, query?: Query) => string {
  const { region, bucket, endpoint } = address;
  if (!/^[a-z0-9-]{1,63}$/.test(region)) {
    throw new StoreSettingsError(`S3 region ${JSON.stringify(region)}: expected such as us-east-1`);
  }
  // Amazon S3 user guide, bucket naming rules.
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..')) {
    const expected = 'expected 3 to 63 of a-z, 0-9, dot and hyphen, with no dots in a row';
    throw new StoreSettingsError(`S3 bucket ${JSON.stringify(bucket)}: ${expected}`);
  }
  const base = readEndpoint(endpoint ?? `https://s3.${region}.amazonaws.com`);
  const isByPath = endpoint !== undefined || bucket.includes('.');
  const addressing = address.addressing ?? (isByPath ? 'path' : 'virtual-host');
  const host = addressing === 'path' ? base.host : `${bucket}.${base.host}`;
  const folder = base.pathname.replace(/\/$/, '') + (addressing === 'path' ? `/${bucket}` : '');
  return (key, query = {}) => {
    const path = key.split('/').map(encode).join('/');
    const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
    const search = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
    const inBucket = key === '' && addressing === 'path' ? '' : `/${path}`;
    return `${base.protocol}//${host}${folder}${inBucket}${search}`;
  };
}

function readEndpoint(text: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new StoreSettingsError('S3 endpoint: expected http:// or https:// and a host');
  }
  const url = new URL(text);
  // The text itself may hold a password.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new StoreSettingsError('S3 endpoint: expected no user, password, query or fragment');
  }
  return url;
}

/** RFC 3986's unreserved characters stay, as the signature has it. */
function encode(text: string): string {
  const toHex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, toHex);
}
