/**
 * How the parties of a run meet: in the run's own memory, or by uploads that travel over HTTP to
 * ingestors and totals that are read from a portal; and what can't be told to the latter.
 */

import { z } from 'zod';

import type { AdversaryId } from '../adversary/catalogue.ts';
import type { LegacyId } from '../legacy/catalogue.ts';
import type { Problem } from './problems.ts';
import type { Scenario } from './scenario.ts';
import type { Parts } from './valid-parts.ts';

/** What Google's devices send: documents with their attestation, or what Apple's do. */
const googleForm = z.enum(['document', 'plain']).optional();

/** The devices' real HTTP client, intercepted in process: no socket. */
const msw = z.strictObject({ kind: z.literal('msw'), googleForm });
/** Sockets on the loopback, servers in the process of the run. */
const http = z.strictObject({ kind: z.literal('http'), googleForm });
/** The programs as others start them. */
const processes = z.strictObject({
  kind: z.literal('processes'),
  /** Folders, or an S3 server at AWS_ENDPOINT_URL_S3. */
  buckets: z.enum(['files', 's3']).default('files'),
  /** Where the processes keep their state: files, or the server at PRIOLAB_POSTGRES. */
  state: z.enum(['sqlite', 'postgres']).default('sqlite'),
  googleForm,
});

export const deploymentNames = ['memory', 'msw', 'http', 'processes'] as const;
export type DeploymentName = (typeof deploymentNames)[number];

export const deploymentSchema = z.union([z.enum(deploymentNames), msw, http, processes]);

/** How the processes of a run are set up. */
export type ProcessesSetup = Pick<z.output<typeof processes>, 'buckets' | 'state'>;

type Deployment = Parts<Scenario>['deployment'];

export function deploymentNameOf(deployment: Deployment): DeploymentName {
  if (deployment === undefined) return 'memory';
  return typeof deployment === 'string' ? deployment : (deployment.kind ?? 'memory');
}

/** Undefined where no part of a run is a process. */
export function processesOf(deployment: Deployment): ProcessesSetup | undefined {
  if (deploymentNameOf(deployment) !== 'processes') return undefined;
  const { buckets = 'files', state = 'sqlite' } = Object(deployment) as Partial<ProcessesSetup>;
  return { buckets, state };
}

/** Adversaries that change finished uploads, of which no document could be made. */
const CHANGES_UPLOADS: ReadonlySet<AdversaryId> = new Set<AdversaryId>([
  'cli.wrong_dim',
  'cli.oversize',
  'net.truncate',
  'net.corrupt',
]);

type FormParts = Parts<
  Pick<Scenario, 'deployment' | 'adversaries' | 'system' | 'overrides' | 'population'>
>;

/** Of certificates: years of two digits, those of a year around the run among them. */
const FIRST_DAY = '2006-01-01';
const LAST_DAY = '2048-06-30';

/** Why Google's devices can't send documents. */
function documentObstacles({ adversaries, system, overrides, population }: FormParts): Problem[] {
  const obstacles: Problem[] = [];
  const allowed = 'allowed: with deployment.googleForm "plain", or left out';
  const add = (path: string, message: string): void => void obstacles.push({ path, message });
  adversaries?.forEach((one, i) => {
    if (!one?.id || !CHANGES_UPLOADS.has(one.id)) return;
    add(`adversaries[${i}].id`, `got "${one.id}", which changes the bytes of uploads; ${allowed}`);
  });
  const checkEpsilon = (path: string, epsilon: number | undefined): void => {
    // Google's rules (ENPA 7.1) take no report with more noise.
    if (epsilon !== undefined && epsilon <= 1) {
      add(path, `got ${epsilon}; allowed: above 1 in documents; else ${allowed.slice(9)}`);
    }
  };
  checkEpsilon('system.epsilon', system?.epsilon);
  overrides?.forEach((one, i) => checkEpsilon(`overrides[${i}].epsilon`, one?.epsilon));
  const { startDay } = population ?? {};
  if (startDay !== undefined && (startDay < FIRST_DAY || startDay > LAST_DAY)) {
    const days = `${FIRST_DAY} to ${LAST_DAY}`;
    add('population.startDay', `got ${startDay}; allowed: ${days}; else ${allowed.slice(9)}`);
  }
  system?.metrics?.forEach((metric, i) => {
    if (typeof metric !== 'object' || metric.id === undefined || DOCUMENT_ID.test(metric.id))
      return;
    add(`system.metrics[${i}].id`, `got "${metric.id}", which ends no document's path; ${allowed}`);
  });
  return obstacles;
}

const DOCUMENT_ID = /[A-Za-z0-9]$/;

/** What Google's devices send: left open, documents where they can be made. */
export function googleFormOf(scenario: FormParts): 'document' | 'plain' {
  const asked = askedForm(scenario);
  return asked ?? (documentObstacles(scenario).length > 0 ? 'plain' : 'document');
}

function askedForm({ deployment }: FormParts): 'document' | 'plain' | undefined {
  return typeof deployment === 'object' ? deployment.googleForm : undefined;
}

/** Behaviours of 2021 that the service has as well; of the others, why it can't have them. */
const serviceLegacy: Readonly<Record<LegacyId, true | string>> = {
  'count-invalid-proofs': true,
  'per-batch-dedup': true,
  'poison-drops-batch': true,
  'peer-intersection': true,
  'root-check-by-identity': "it is the ingestors', which take no such points",
  'unequal-empty-batches': 'no batch is empty in the clock "wall"',
};

export function isServiceLegacy(id: LegacyId): boolean {
  return serviceLegacy[id] === true;
}

/** In simulated time phones send the plain form, and nothing is a program of its own. */
function simulatedProblems(scenario: FormParts, name: DeploymentName): Problem[] {
  if (name === 'processes') {
    const message = `got "${name}"; allowed: with clock "wall", which they run by`;
    return [{ path: 'deployment', message }];
  }
  if (askedForm(scenario) !== 'document') return [];
  const message = 'got "document"; allowed: with clock "wall"; in simulated time "plain"';
  return [{ path: 'deployment.googleForm', message }];
}

/** The folder of markers in a bucket; a metric of this name would be taken for it. */
const RESERVED = 'task-markers';

export function deploymentProblems(scenario: Parts<Scenario>): Problem[] {
  const { deployment, clock, crypto, services, system } = scenario;
  const name = deploymentNameOf(deployment);
  if (name === 'memory') return [];
  const problems: Problem[] = [];
  const refuse = (path: string, message: string): void => void problems.push({ path, message });
  if (clock === 'simulated') return simulatedProblems(scenario, name);
  const fidelity = crypto?.fidelity;
  if (fidelity !== undefined && fidelity !== 'full') {
    refuse('deployment', `got "${name}"; allowed: with crypto.fidelity "full", not "${fidelity}"`);
  }
  if (askedForm(scenario) === 'document') problems.push(...documentObstacles(scenario));
  if (name === 'processes' && clock === 'wall') {
    services?.legacy?.forEach((id, i) => {
      const reason = id === undefined ? true : serviceLegacy[id];
      if (reason === true) return;
      refuse(`services.legacy[${i}]`, `got "${id}", which no process can do: ${reason}`);
    });
  }
  system?.metrics?.forEach((metric, i) => {
    if (typeof metric !== 'object' || metric.id !== RESERVED) return;
    const message = `got "${RESERVED}", which names a folder of the deployment's buckets`;
    refuse(`system.metrics[${i}].id`, message);
  });
  return problems;
}
