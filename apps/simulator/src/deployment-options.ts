/** What a run may deploy besides itself, as this program has it. */

import { setTimeout as pause } from 'node:timers/promises';

import type { DeploymentOptions } from '@priolab/harness';

import { createDeployedPrograms } from './deployed-programs.ts';
import { createDeployedServices } from './deployed-services.ts';

export function deploymentOptions(
  places: Pick<DeploymentOptions, 'folder' | 'keep' | 'onWaiting'>,
): DeploymentOptions {
  return {
    services: createDeployedServices(),
    programs: createDeployedPrograms(),
    pause: (ms) => pause(ms),
    environment: process.env,
    ...places,
  };
}
