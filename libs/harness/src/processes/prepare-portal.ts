/**
 * Lays out what the portal needs before it is started: where sums are and who signs them, a policy
 * that hides nothing, and a key for each authority. Source: `apps/portal/src/config.ts`.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessorRole } from '@priolab/roles';

import { sumBucket } from '../deployment/places.ts';
import type { Buckets } from '../deployment/places.ts';
import type { DeployedPrograms } from '../deployment/services.ts';
import type { StateUrls } from './settings.ts';

const SCAN_EVERY_S = 0.2;
/** In the clock of the run, which stands still: no window is given up for its other half. */
const PATIENCE_S = 366 * 86_400;

/**
 * @param options `instance`: any, whose manifests tell the processors' keys
 * @returns the configuration file
 */
export function layOutPortal(options: {
  readonly folder: string;
  readonly buckets: Buckets;
  readonly instance: string;
  readonly stateUrls: StateUrls;
  readonly clockFile: string;
}): string {
  const { folder, buckets, instance, stateUrls, clockFile } = options;
  const sums = (role: ProcessorRole): object => ({
    bucket: sumBucket(buckets, role),
    manifests: [`${role}-${instance}-manifest.json`],
  });
  const config = {
    format: 1,
    sums: { leader: sums('leader'), helper: sums('helper') },
    state: stateUrls.portal,
    policy: { clientsMin: 0, suppressBelow: 0, patienceSeconds: PATIENCE_S },
    schedule: { scanEverySeconds: SCAN_EVERY_S },
    listen: { port: 0 },
    clockFile,
  };
  const file = join(folder, 'portal.json');
  // The URL of a database may hold a password.
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return file;
}

/** One for each state; in the portal's absence, whose state is one process's. */
export async function addPortalKeys(
  programs: DeployedPrograms,
  configFile: string,
  states: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const state of states) {
    const args = ['keys', 'add', '--authority', state, '--localities', state];
    const output = await programs.run({ program: 'portal', name: 'portal-keys', configFile, args });
    // The last line is the key; it is shown this once.
    keys.set(state, output.trim().split('\n').at(-1)!);
  }
  return keys;
}
