/**
 * PostgreSQL goes away in the middle of the work and comes back: a proxy in front of it breaks all
 * connections and takes no new ones for a while.
 */

import * as net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { ProcessorRole } from '@priolab/roles';

import { ROLES } from '../deployment.ts';
import type { Ingested } from './batches.ts';
import type { Objects } from './checks.ts';
import type { Machine, Room } from './machines.ts';
import { startProcessor } from './processor-process.ts';
import type { HealthAnswer, LogLine } from './processor-process.ts';
import { checkAll, deploy, finish, ingest, stopBoth, until } from './stage.ts';

interface Proxy {
  readonly host: string;
  cut(): void;
  restore(): void;
  close(): void;
}

async function startProxy(target: URL): Promise<Proxy> {
  const sockets = new Set<net.Socket>();
  let isCut = false;
  const server = net.createServer((near) => {
    if (isCut) return void near.destroy();
    const far = net.connect(Number(target.port || 5432), target.hostname);
    const end = (): void => {
      for (const socket of [near, far]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    near.pipe(far);
    far.pipe(near);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    host: `127.0.0.1:${port}`,
    cut,
    restore: () => void (isCut = false),
    close() {
      cut();
      server.close();
    },
  };
}

export interface OutageStory {
  readonly problems: readonly string[];
  readonly objects: Objects;
  /** What each said of itself while the server was away. */
  readonly during: Readonly<Record<ProcessorRole, HealthAnswer | undefined>>;
  readonly lines: Readonly<Record<ProcessorRole, readonly LogLine[]>>;
}

/** @param machine with PostgreSQL */
export async function runThroughOutage(
  machine: Machine,
  { ingested, outageMs }: { readonly ingested: Ingested; readonly outageMs: number },
): Promise<OutageStory> {
  const room = machine.openRoom();
  const proxy = await startProxy(new URL(room.state('leader')));
  try {
    return await through(room, { proxy, ingested, outageMs });
  } finally {
    proxy.close();
    await room.remove();
  }
}

async function through(
  room: Room,
  parts: { readonly proxy: Proxy; readonly ingested: Ingested; readonly outageMs: number },
): Promise<OutageStory> {
  const { proxy, ingested, outageMs } = parts;
  const state = (role: ProcessorRole): string => {
    const url = new URL(room.state(role));
    url.host = proxy.host;
    return url.href;
  };
  const deployment = await deploy(room, { state });
  const start = (role: ProcessorRole) =>
    startProcessor({ config: deployment.config(role), environment: room.environment });
  const processes = { leader: start('leader'), helper: start('helper') };
  const ask = async () => ({
    leader: await processes.leader.health(),
    helper: await processes.helper.health(),
  });
  try {
    await until('both ready', processes, async () => {
      const { leader, helper } = await ask();
      return leader?.ready === true && helper?.ready === true;
    });
    await ingest(room, ingested);
    await until('work has begun', processes, async () => {
      const { leader } = await ask();
      return leader !== undefined && leader.tasks.done > 0;
    });
    proxy.cut();
    await pause(outageMs);
    const during = await ask();
    proxy.restore();
    await finish(processes, deployment);
    const stopped = await stopBoth(processes);
    const checked = await checkAll(room, ingested);
    const lines = { leader: processes.leader.lines, helper: processes.helper.lines };
    return { ...checked, problems: [...stopped, ...checked.problems], during, lines };
  } finally {
    for (const role of ROLES) await processes[role].kill();
  }
}
