/**
 * An ingestor in a folder, as an operator would have it: configuration, keys, buckets, clock; keys
 * from a seed. For tests of the program and for the load.
 */

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { KeyPair, encodePublicKey, encodeSigningKey } from '@priolab/crypto';
import type { Task, Vendor } from '@priolab/roles';
import { uuidText } from '@priolab/roles/enpa';

import { APK_DIGEST, PACKAGE, androidAuthority } from './android-phones.ts';
import { authorityKeyOf } from './phones.ts';

export const ROLES = ['leader', 'helper'] as const;
export const SIGNING_KEY = new KeyPair(new Uint8Array(32).fill(3));

export interface Deployment {
  readonly folder: string;
  readonly clockFile: string;
  /** Writes a configuration, and gives its file. */
  config(name: string, more?: Readonly<Record<string, unknown>>): string;
  bucket(role: (typeof ROLES)[number], state: string): string;
  setClock(timeMs: number): void;
}

export function createDeployment(
  folder: string,
  { vendor, tasks }: { readonly vendor: Vendor; readonly tasks: readonly Task[] },
): Deployment {
  const path = (name: string): string => join(folder, name);
  mkdirSync(path('keys'), { recursive: true });
  const write = (name: string, text: string, mode = 0o644): string => {
    writeFileSync(path(name), `${text}\n`, { mode });
    return name;
  };
  write('keys/ingestor.signing-key', encodeSigningKey(SIGNING_KEY), 0o600);
  write('keys/ingestor.secret', Buffer.alloc(32, 7).toString('base64'), 0o600);
  write('keys/authority.pub', encodePublicKey(authorityKeyOf(vendor)));
  write('keys/android-roots.pem', pemOf(androidAuthority.root));
  const states = [...new Set(tasks.map(({ state }) => state))];
  const bucket: Deployment['bucket'] = (role, state) => {
    const place = `buckets/${role}/${state}-${vendor}`;
    mkdirSync(path(place), { recursive: true });
    return path(place);
  };
  const localities = states.map((state) => {
    const buckets = { leader: bucket('leader', state), helper: bucket('helper', state) };
    const aggregations = tasks
      .filter((task) => task.state === state)
      .map(({ metric, epsilon, windowMs }) => {
        return [metric.id, { bins: metric.bins, epsilon, windowSeconds: windowMs / 1000 }];
      });
    return [state, { buckets, aggregations: Object.fromEntries(aggregations) as object }];
  });
  const android = {
    packageName: PACKAGE,
    roots: ['keys/android-roots.pem'],
    apkDigests: [Buffer.from(APK_DIGEST).toString('hex')],
  };
  const base = {
    format: 1,
    vendor,
    localities: Object.fromEntries(localities) as object,
    signingKey: { id: 'ingestor-1', file: 'keys/ingestor.signing-key' },
    secret: 'keys/ingestor.secret',
    authorityKey: 'keys/authority.pub',
    ...(vendor === 'google' ? { android } : {}),
    state: 'sqlite:state.db',
    listen: { port: 0 },
    operators: { port: 0 },
    batches: { everySeconds: 0.1 },
    clockFile: 'clock',
  };
  return {
    folder,
    clockFile: path('clock'),
    config: (name, more = {}) => path(write(name, JSON.stringify({ ...base, ...more }))),
    bucket,
    setClock(timeMs) {
      writeFileSync(path('clock.new'), `${new Date(timeMs).toISOString()}\n`);
      // In one step: a reader must not see half of a time.
      renameSync(path('clock.new'), path('clock'));
    },
  };
}

function pemOf(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n');
}

/** The id of a report of the plain form, as batches have it. */
export function reportUuid(upload: Uint8Array): string {
  return uuidText(upload.slice(17, 33));
}
