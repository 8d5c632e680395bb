/**
 * Where the two processors of a run are: in the run's own memory, or two real processes that read
 * and write ENPA's files. And what can't be told to the latter.
 */

import { z } from 'zod';

import type { LegacyId } from '../legacy/catalogue.ts';
import type { Problem } from './problems.ts';
import type { Scenario } from './scenario.ts';
import type { Parts } from './valid-parts.ts';

const processes = z.strictObject({
  kind: z.literal('processes'),
  /** Folders, or an S3 server at AWS_ENDPOINT_URL_S3. */
  buckets: z.enum(['files', 's3']).default('files'),
  /** Where the processes keep their state: files, or the server at PRIOLAB_POSTGRES. */
  state: z.enum(['sqlite', 'postgres']).default('sqlite'),
});

export const deploymentSchema = z.union([z.enum(['memory', 'processes']), processes]);

/** How the processes of a run are set up. */
export type ProcessesSetup = Pick<z.output<typeof processes>, 'buckets' | 'state'>;

/** Undefined where the processors are in memory. */
export function processesOf(
  deployment: Parts<Scenario>['deployment'],
): Parts<ProcessesSetup> | undefined {
  if (deployment === undefined || deployment === 'memory') return undefined;
  if (deployment === 'processes') return { buckets: 'files', state: 'sqlite' };
  return deployment;
}

/** Behaviours of 2021 that the service has as well; of the others, why it can't have them. */
const serviceLegacy: Readonly<Record<LegacyId, true | string>> = {
  'count-invalid-proofs': true,
  'per-batch-dedup': true,
  'poison-drops-batch': true,
  'peer-intersection': true,
  'root-check-by-identity': "it is the ingestors', which are not processes",
  'unequal-empty-batches': 'no batch is empty in the clock "wall"',
};

export function isServiceLegacy(id: LegacyId): boolean {
  return serviceLegacy[id] === true;
}

/** The folder of markers in a bucket; a metric of this name would be taken for it. */
const RESERVED = 'task-markers';

export function deploymentProblems(scenario: Parts<Scenario>): Problem[] {
  const { deployment, clock, crypto, services, system } = scenario;
  if (processesOf(deployment) === undefined) return [];
  const problems: Problem[] = [];
  const refuse = (path: string, message: string): void => void problems.push({ path, message });
  if (clock === 'simulated') {
    refuse('deployment', 'got "processes"; allowed: with clock "wall", which they run by');
  }
  const fidelity = crypto?.fidelity;
  if (fidelity !== undefined && fidelity !== 'full') {
    refuse(
      'deployment',
      `got "processes"; allowed: with crypto.fidelity "full", not "${fidelity}"`,
    );
  }
  if (clock === 'wall') {
    services?.legacy?.forEach((id, i) => {
      const reason = id === undefined ? true : serviceLegacy[id];
      if (reason === true) return;
      refuse(`services.legacy[${i}]`, `got "${id}", which no process can do: ${reason}`);
    });
  }
  system?.metrics?.forEach((metric, i) => {
    if (typeof metric !== 'object' || metric.id !== RESERVED) return;
    const message = `got "${RESERVED}", which names a folder of the processes' buckets`;
    refuse(`system.metrics[${i}].id`, message);
  });
  return problems;
}
