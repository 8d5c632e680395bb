/**
 * Two real processors on machines that fail: full, read-only, without their database, or asked to
 * stop in the middle. Each must say what is wrong, live on, and lose nothing once it is repaired.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';

import type { ProcessorRole } from '@priolab/roles';

import { ROLES } from '../deployment.ts';
import type { Deployment } from '../deployment.ts';
import { canMount, createDisk, createModeDisk } from './disks.ts';
import type { Ingested } from './batches.ts';
import { POSTGRES_VARIABLE, openMachine } from './machines.ts';
import type { Machine, Room } from './machines.ts';
import { runThroughOutage } from './outage.ts';
import { startProcessor } from './processor-process.ts';
import type { LogLine, ProcessorProcess, StartOptions } from './processor-process.ts';
import { checkAll, deploy, finish, ingest, stopBoth, until } from './stage.ts';
import type { Processes } from './stage.ts';
import { ingestOnce } from './sweep.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/priolab-processor.js', import.meta.url));
const OUTAGE_MS = 2000;
const TIMEOUT_MS = 120_000;

vi.setConfig({ testTimeout: TIMEOUT_MS });

let machine: Machine;
let ingested: Ingested;
let room: Room;

beforeAll(async () => {
  machine = await openMachine('files');
  ingested = await ingestOnce();
});
afterAll(() => machine.close());

function openRoom(): Room {
  room = machine.openRoom();
  onTestFinished(() => room.remove());
  return room;
}

function start(
  deployment: Deployment,
  role: ProcessorRole,
  more: Partial<StartOptions> = {},
): ProcessorProcess {
  const process = startProcessor({ config: deployment.config(role), ...more });
  onTestFinished(() => process.kill());
  return process;
}

const startBoth = (deployment: Deployment): Processes => ({
  leader: start(deployment, 'leader'),
  helper: start(deployment, 'helper'),
});

async function isReady(process: ProcessorProcess): Promise<boolean> {
  return (await process.health())?.ready === true;
}

const told = (process: ProcessorProcess, event: string, code: string): LogLine | undefined =>
  process.lines.find((line) => line.event === event && line.code === code);

async function expectAllWell(processes: Processes, deployment: Deployment): Promise<void> {
  await finish(processes, deployment);
  expect(await stopBoth(processes)).toEqual([]);
  expect((await checkAll(room, ingested)).problems).toEqual([]);
}

test('asked to stop amid a batch, a processor ends well, and goes on when started', async () => {
  const deployment = await deploy(openRoom());
  await ingest(room, ingested);
  let isBegun = false;
  const environment = { PRIOLAB_TRACE_STEPS: '1' };
  const onStep = (step: string): void => void (isBegun ||= step === 'intake.opened');
  const first = start(deployment, 'leader', { environment, onStep });
  await until('a batch is opened', { leader: first }, () => isBegun);
  const { code, tookMs } = await first.stop();
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(5000);
  expect(first.lines.at(-1)).toMatchObject({ event: 'stopped' });
  await expectAllWell(startBoth(deployment), deployment);
});

test('a second process on the same SQLite state is refused, and harms nothing', async () => {
  const deployment = await deploy(openRoom());
  const processes = startBoth(deployment);
  await until('ready', processes, () => isReady(processes.leader));
  const second = start(deployment, 'leader');
  await second.ended;
  expect(second.ending()).toEqual({ code: 3, signal: null });
  expect(second.text()).toMatch(/unavailable: another process uses database .*leader\.db/);
  await ingest(room, ingested);
  await expectAllWell(processes, deployment);
});

const noDisks = canMount ? '' : ' (skipped: only root may mount, where mounting is allowed)';

test.skipIf(!canMount)(`full disks${noDisks}: told, waited for, nothing lost`, async () => {
  openRoom();
  // What the leader writes for the helper, and the helper's own state.
  const bucket = createDisk(room.bucket('helper-validations'), 256);
  onTestFinished(() => bucket.remove());
  const stateDisk = createDisk(join(room.folder, 'state'), 1024);
  onTestFinished(() => stateDisk.remove());
  const state = (role: ProcessorRole): string =>
    role === 'helper' ? `sqlite:${join(room.folder, 'state/helper.db')}` : room.state(role);
  const withDisks: Room = { ...room, state };
  // However often it fails: a full disk is not the task's fault.
  const deployment = await deploy(withDisks, { schedule: { attemptsMax: 1 } });
  const processes = startBoth(deployment);
  const { leader, helper } = processes;
  await until('ready', processes, async () => (await isReady(leader)) && (await isReady(helper)));
  bucket.fill();
  stateDisk.fill();
  await ingest(room, ingested);
  await until(
    'the leader tells',
    processes,
    () => told(leader, 'task-failed', 'full') !== undefined,
  );
  await until(
    'the helper tells',
    processes,
    () => told(helper, 'scan-failed', 'full') !== undefined,
  );
  expect(told(leader, 'task-failed', 'full')).toMatchObject({
    detail: expect.stringContaining('ENOSPC'),
    advice: 'make room; work goes on by itself',
  });
  await until('not ready', { helper }, async () => (await helper.health())?.ready === false);
  expect((await leader.health())?.tasks).toMatchObject({ done: 0, rejected: 0 });
  bucket.makeRoom();
  stateDisk.makeRoom();
  await until('ready again', { helper }, () => isReady(helper));
  await finish(processes, deployment);
  expect(await stopBoth(processes)).toEqual([]);
  expect((await checkAll(withDisks, ingested)).problems).toEqual([]);
});

const isRoot = process.getuid?.() === 0;
const noReadOnly = isRoot ? noDisks : '';

test.skipIf(isRoot && !canMount)(
  `a read-only bucket${noReadOnly}: told, put aside after some attempts, done when given back`,
  async () => {
    openRoom();
    const folder = room.bucket('helper-validations');
    const disk = isRoot ? createDisk(folder, 256) : createModeDisk(folder);
    onTestFinished(() => disk.remove());
    const deployment = await deploy(room, { schedule: { attemptsMax: 2 } });
    const processes = startBoth(deployment);
    const { leader } = processes;
    await until('ready', processes, () => isReady(leader));
    disk.setReadOnly(true);
    await ingest(room, ingested);
    await until('put aside', processes, async () => (await leader.health())?.tasks.rejected === 3);
    expect(told(leader, 'task-failed', 'refused')).toMatchObject({
      detail: expect.stringMatching(/EROFS|EACCES/),
      advice: expect.stringContaining('tasks --retry'),
    });
    expect(told(leader, 'task-rejected', 'refused')).toBeDefined();
    expect(await leader.stop()).toMatchObject({ code: 0 });
    disk.setReadOnly(false);
    const words = [PROGRAM, 'tasks', '--config', deployment.config('leader'), '--retry', 'all'];
    const { status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '3 tasks will be tried again\n']);
    await expectAllWell({ ...processes, leader: start(deployment, 'leader') }, deployment);
  },
);

const isMissing = process.env[POSTGRES_VARIABLE] === undefined;
const noServer = isMissing ? ` (skipped: ${POSTGRES_VARIABLE} is not set)` : '';

test.skipIf(isMissing)(`PostgreSQL goes away and comes back${noServer}: nothing lost`, async () => {
  const servers = await openMachine('servers');
  try {
    const story = await runThroughOutage(servers, { ingested, outageMs: OUTAGE_MS });
    expect(story.problems).toEqual([]);
    for (const role of ROLES) {
      expect(story.during[role]).toMatchObject({ ready: false, problem: null });
      const codes = story.lines[role].filter(({ level }) => level === 'error');
      expect(codes).toContainEqual(
        expect.objectContaining({ event: 'scan-failed', code: 'unavailable' }),
      );
    }
  } finally {
    await servers.close();
  }
});
