/**
 * Lays out what the portal needs before it is started: whose signatures it believes, where sums
 * are, a policy that hides nothing, and a key for each authority.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DeployedPrograms } from '../deployment/services.ts';
import type { StateUrls } from './settings.ts';

/** @returns the configuration file */
export function layOutPortal(options: {
  readonly folder: string;
  readonly stateUrls: StateUrls;
  readonly clockFile: string;
}): string {
  const { folder, stateUrls, clockFile } = options;
  const file = join(folder, 'portal.json');
  const config = { format: 1, state: stateUrls.portal, clockFile };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return file;
}

/** One for each state. */
export async function addPortalKeys(
  programs: DeployedPrograms,
  configFile: string,
  states: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const state of states) {
    const args = ['add-key', '--authority', state, '--locality', state];
    const output = await programs.run({ program: 'portal', name: 'portal-keys', configFile, args });
    keys.set(state, output.trim());
  }
  return keys;
}
