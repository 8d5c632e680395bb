/** A portal in a folder: buckets, manifests and configuration, as operators would have them. */

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { publicKeyToPem } from '@priolab/crypto';
import { createCsr } from '@priolab/crypto/csr';
import { writeProcessorManifest } from '@priolab/roles/manifest';
import { openStore } from '@priolab/runtime/stores';

import { keys, objectsOf } from './portal.ts';
import type { Change, Window } from './portal.ts';

export interface Deployment {
  readonly config: string;
  path(name: string): string;
  setClock(time: string): void;
  sum(window: Window, change?: Change): Promise<void>;
}

export async function createDeployment(
  folder: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Deployment> {
  const path = (name: string): string => join(folder, name);
  for (const role of ['leader', 'helper'] as const) {
    mkdirSync(path(`${role}-sums`), { recursive: true });
    const keyPair = keys[role];
    const csr = createCsr({ keyPair, commonName: `${role}.example.org` });
    const publicKey = publicKeyToPem(keyPair.publicKey);
    const manifest = writeProcessorManifest({
      format: 1,
      ingestionBucket: path('ingestion'),
      peerValidationBucket: path('validations'),
      batchSigningPublicKeys: new Map([[`${role}-1`, { publicKey, expiration: '' }]]),
      packetEncryptionKeys: new Map([[`${role}-packet-1`, { certificateSigningRequest: csr }]]),
    });
    writeFileSync(path(`${role}.json`), manifest);
  }
  const config = {
    format: 1,
    sums: {
      leader: { bucket: 'leader-sums', manifests: ['leader.json'] },
      helper: { bucket: 'helper-sums', manifests: ['helper.json'] },
    },
    state: 'sqlite:portal.db',
    schedule: { scanEverySeconds: 0.05 },
    listen: { port: 0 },
    operators: { port: 0 },
    clockFile: 'clock',
    ...settings,
  };
  writeFileSync(path('portal.json'), JSON.stringify(config));
  const setClock = (time: string): void => {
    writeFileSync(path('clock.new'), `${time}\n`);
    renameSync(path('clock.new'), path('clock'));
  };
  setClock('2021-12-16T08:00:00Z');
  return {
    config: path('portal.json'),
    path,
    setClock,
    async sum(window, change = {}) {
      for (const role of ['leader', 'helper'] as const) {
        if (change.only !== undefined && change.only !== role) continue;
        const store = openStore(path(`${role}-sums`));
        for (const [key, bytes] of objectsOf(role, window, change)) await store.put(key, bytes);
      }
    },
  };
}
