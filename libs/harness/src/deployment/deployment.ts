/**
 * A run whose uploads really travel. Ingestors, processors and portal are ready before the first
 * shard; each shard's uploads go from the workers over HTTP to the ingestors, while the parties in
 * memory work on the same ones, as the reference; in the end all of it is batched and summed, the
 * totals are read from the portal, and everything is held against the reference.
 */

import { toHex } from '@priolab/crypto';
import { REPORT_ID_SIZE } from '@priolab/roles';
import { TransportError } from '@priolab/runtime/stores';

import type { Shard, PopulationPlan } from '../population/plan.ts';
import type { CellRecord, DeploymentRecord } from '../record/run-record.ts';
import type { CollectedCell } from '../run/collect.ts';
import type { ShardInit } from '../run/shard-program.ts';
import type { ShardResult } from '../run/shard-result.ts';
import { deploymentNameOf, googleFormOf, processesOf } from '../scenario/deployment-schema.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { compareFound, createNotes } from './compare.ts';
import type { Compared, Reference } from './compare.ts';
import { laneOf } from './lanes.ts';
import { createSender } from './sender.ts';
import type { Sender } from './sender.ts';
import type { DeploymentOptions } from './services.ts';
import type { Site } from './site.ts';

export interface Finished {
  readonly interrupted: boolean;
  readonly cells: readonly CellRecord[];
  readonly deployment: DeploymentRecord;
}

export interface Deployment {
  /** For the workers. */
  readonly uploads: NonNullable<ShardInit['uploads']>;
  /** Sends a shard's uploads; the next shard's wait for that. */
  send(result: ShardResult, shard: Shard): Promise<void>;
  /** Waits for the totals, and puts them in place of those in memory. */
  finish(
    collected: readonly CollectedCell[],
    cells: readonly CellRecord[],
    options: { readonly interrupted: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<Finished>;
  /** Stops everything and clears up. */
  close(options: { readonly failed: boolean }): Promise<void>;
}

/** Uploads under way at a time. */
const CONCURRENCY = 64;

/** @throws UsageError where the environment lacks what the scenario asks for */
export async function deploy(
  scenario: Scenario,
  plan: PopulationPlan,
  options: DeploymentOptions,
): Promise<Deployment> {
  const google = googleFormOf(scenario);
  const site = await openSite(scenario, plan, options);
  const sender = createSender({
    lanes: {
      apple: laneOf('plain', site.client, site.urls.apple),
      google: laneOf(google, site.client, site.urls.google),
    },
    concurrency: CONCURRENCY,
    pause: options.pause,
  });
  return deployed({ scenario, site, sender, instances: plan.cells.length });
}

/** Loaded when it is needed: neither has a use for the other. */
async function openSite(
  scenario: Scenario,
  plan: PopulationPlan,
  options: DeploymentOptions,
): Promise<Site> {
  const kind = deploymentNameOf(scenario.deployment);
  const google = googleFormOf(scenario);
  if (kind === 'msw' || kind === 'http') {
    const { openInProcess } = await import('./in-process.ts');
    return openInProcess({ kind, scenario, plan, options, google });
  }
  const setup = processesOf(scenario.deployment)!;
  const { openProcesses } = await import('../processes/open-processes.ts');
  return openProcesses({ setup, scenario, plan, options, google });
}

interface Parts {
  readonly scenario: Scenario;
  readonly site: Site;
  readonly sender: Sender;
  readonly instances: number;
}

function deployed(parts: Parts): Deployment {
  const { scenario, site, sender } = parts;
  const refused = new Map<string, Set<string>>();

  const note = ({ deployed: shard }: ShardResult, { state, vendor }: Shard['cell']): void => {
    for (const { metric, windowStartMs, ids } of shard?.refused ?? []) {
      const key = `${state.id}/${vendor}/${metric}/${windowStartMs}`;
      const set = refused.get(key) ?? new Set();
      for (let at = 0; at < ids.length; at += REPORT_ID_SIZE) {
        set.add(toHex(ids.subarray(at, at + REPORT_ID_SIZE)));
      }
      refused.set(key, set);
    }
  };

  return {
    uploads: { google: googleFormOf(scenario) },

    async send(result, { cell }) {
      note(result, cell);
      if (result.deployed === undefined) return;
      await sender.send(cell.vendor, result.deployed.uploads, site.setTime);
      await site.shardSent(cell.vendor);
    },

    async finish(collected, cells, { interrupted, signal }) {
      const references = collected.map(({ task, windowStartMs }, i): Reference => {
        const key = `${task.state}/${task.vendor}/${task.metric.id}/${windowStartMs}`;
        const { windowMs, epsilon } = task;
        return { cell: cells[i]!, windowMs, epsilon, refused: refused.get(key) ?? new Set() };
      });
      const { stored } = sender.uploads;
      const settled = interrupted
        ? 'interrupted'
        : await site.settle({ references, stored, signal });
      if (settled === 'interrupted') {
        const ended = 'interrupted before all was summed';
        return { interrupted: true, cells, deployment: recordOf(parts, references, { ended }) };
      }
      const { compared, unreadable } = await readAndCompare(site, references);
      const ended = settled === 'done' ? unreadable : settled.ended;
      const deployment = recordOf(parts, references, { compared, ended });
      return { interrupted: false, cells: compared?.cells ?? cells, deployment };
    },

    close: (how) => site.close(how),
  };
}

async function readAndCompare(
  site: Site,
  references: readonly Reference[],
): Promise<{ readonly compared?: Compared; readonly unreadable: string | undefined }> {
  try {
    const found = await site.read();
    return { compared: compareFound(references, found), unreadable: found.unreadable };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return { unreadable: error.message };
  }
}

function recordOf(
  { scenario, site, sender, instances }: Parts,
  references: readonly Reference[],
  end: { readonly compared?: Compared | undefined; readonly ended: string | undefined },
): DeploymentRecord {
  const { compared, ended } = end;
  const { uploads } = sender;
  const windows = references.filter(({ cell }) => cell.batchCount > 0).length;
  const missing = compared?.missing ?? [];
  return {
    kind: site.kind,
    ...processesOf(scenario.deployment),
    googleForm: googleFormOf(scenario),
    instances,
    uploads,
    batches: compared?.batches ?? 0,
    reports: compared?.reports ?? 0,
    refused: compared?.refused ?? 0,
    windows,
    combined: compared === undefined ? 0 : windows - missing.length,
    missing: [...missing],
    ...(ended === undefined ? {} : { ended }),
    deviations: deviationsOf(sender, compared),
  };
}

/** Those of the sums, those of the answers, and what is between the two. */
function deviationsOf(
  sender: Sender,
  compared: Compared | undefined,
): DeploymentRecord['deviations'] {
  const { answers, examples } = sender.deviations;
  const found = compared?.deviations ?? createNotes().deviations;
  const { stored } = sender.uploads;
  const { reports } = compared ?? { reports: stored };
  const lost = reports === stored ? [] : [`${stored} reports stored, ${reports} in batches`];
  return {
    ...found,
    answers,
    reports: found.reports + Math.abs(reports - stored),
    examples: [...lost, ...examples, ...found.examples].slice(0, 5),
  };
}
