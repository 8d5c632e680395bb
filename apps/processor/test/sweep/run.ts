/**
 * One run: two processors from ingestion batches to sum parts, one of them killed on the way (or
 * none), and what is wrong at its end. The clock goes on to the end of the windows when both have
 * taken in every batch, as it does between an ingestion and an aggregation hours later.
 */

import type { ProcessorRole } from '@priolab/roles';

import { ROLES } from '../deployment.ts';
import type { Deployment } from '../deployment.ts';
import type { Ingested } from './batches.ts';
import type { Objects } from './checks.ts';
import type { Machine, Room } from './machines.ts';
import { startProcessor } from './processor-process.ts';
import type { ProcessorProcess } from './processor-process.ts';
import { checkAll, deploy, finish, ingest, stopBoth } from './stage.ts';
import type { Processes } from './stage.ts';

/** Where a process is killed: the `nth` time that it comes by this step. */
export interface KillPoint {
  readonly role: ProcessorRole;
  readonly step: string;
  readonly nth: number;
  /** Killed so often, each time at this step. */
  readonly times: number;
}

export interface Outcome {
  /** Kills that took place; fewer than asked for where the step did not come (again). */
  readonly kills: number;
  readonly problems: readonly string[];
  readonly objects: Objects;
  readonly tookMs: number;
}

export interface RunOptions {
  readonly ingested: Ingested;
  readonly point?: KillPoint;
  /** Objects of an undisturbed run. */
  readonly reference?: Objects;
  readonly onStep?: (role: ProcessorRole, step: string) => void;
}

export async function run(machine: Machine, options: RunOptions): Promise<Outcome> {
  const startMs = performance.now();
  const room = machine.openRoom();
  try {
    const deployment = await deploy(room);
    await ingest(room, options.ingested);
    const { kills, problems } = await work(room, deployment, options);
    const checked = await checkAll(room, options.ingested, options.reference);
    return {
      kills,
      objects: checked.objects,
      problems: [...problems, ...checked.problems],
      tookMs: performance.now() - startMs,
    };
  } finally {
    await room.remove();
  }
}

async function work(
  room: Room,
  deployment: Deployment,
  options: RunOptions,
): Promise<{ kills: number; problems: string[] }> {
  const { point } = options;
  let kills = 0;
  const processes: Processes = {
    leader: start('leader', { room, deployment, options, kills }),
    helper: start('helper', { room, deployment, options, kills }),
  };
  let isOver = false;
  // Beside the story, at each moment: whoever stops dead at the point is killed and comes again.
  const executioner = async (): Promise<void> => {
    while (!isOver && point !== undefined) {
      const process = processes[point.role];
      await Promise.race([process.paused, process.ended, over]);
      if (isOver || !process.isPaused()) return;
      await process.kill();
      kills += 1;
      processes[point.role] = start(point.role, { room, deployment, options, kills });
    }
  };
  let endStory = (): void => {};
  const over = new Promise<void>((resolve) => (endStory = resolve));
  const killing = executioner();
  try {
    await finish(processes, deployment);
    return { kills, problems: await stopBoth(processes) };
  } catch (error) {
    return { kills, problems: [(error as Error).message] };
  } finally {
    isOver = true;
    endStory();
    await killing;
    for (const role of ROLES) await processes[role].kill();
  }
}

function start(
  role: ProcessorRole,
  story: {
    readonly room: Room;
    readonly deployment: Deployment;
    readonly options: RunOptions;
    readonly kills: number;
  },
): ProcessorProcess {
  const { room, deployment, kills } = story;
  const { point, onStep } = story.options;
  const isKilled = point?.role === role && kills < point.times;
  return startProcessor({
    config: deployment.config(role),
    environment: {
      ...room.environment,
      ...(onStep === undefined ? {} : { PRIOLAB_TRACE_STEPS: '1' }),
      ...(isKilled ? { PRIOLAB_PAUSE_AT: `${point.step}:${kills === 0 ? point.nth : 1}` } : {}),
    },
    ...(onStep === undefined ? {} : { onStep: (step: string) => onStep(role, step) }),
  });
}
