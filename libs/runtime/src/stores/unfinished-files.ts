/**
 * Files that are not objects yet, in a folder of their own in the root: each is named after the
 * process that writes it, so that what a dead one left behind can be told and removed. The name
 * says boot, pid namespace, pid and start time, since a pid alone comes again. Another machine,
 * boot or container can't be asked: its files go when they were not touched for an hour. If that
 * was a living one after all, its write fails and nothing was done.
 */

import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { wallClock } from '../clock.ts';
import { UNFINISHED } from './object-key.ts';

const UNTOUCHED_MS = 3_600_000;
const NAME = /^([0-9a-z]+)-([0-9]+)-([0-9]+)-[0-9a-f-]+$/;

/** Where this process runs, as the kernel tells it; empty where it does not (not Linux). */
const place = placeOf();
const startedAt = startOf(process.pid) ?? '0';
let count = 0;

/** A path that no other process or call has. */
export function unfinishedPath(root: string): string {
  count += 1;
  // The last part is for processes of which only the pid is known.
  const suffix = `${count}-${crypto.randomUUID().slice(0, 8)}`;
  return join(root, UNFINISHED, `${place || 'x'}-${process.pid}-${startedAt}-${suffix}`);
}

/** Makes the folder, and removes what dead processes left in it. @returns names removed */
export async function removeLeftOvers(root: string): Promise<string[]> {
  const folder = join(root, UNFINISHED);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const removed: string[] = [];
  for (const name of await readdir(folder)) {
    if (await isLeftOver(folder, name)) {
      await unlink(join(folder, name)).catch(ignoreMissing);
      removed.push(name);
    }
  }
  return removed;
}

async function isLeftOver(folder: string, name: string): Promise<boolean> {
  const [, itsPlace, pid, itsStart] = NAME.exec(name) ?? [];
  // Not a file of ours: not touched.
  if (itsPlace === undefined) return false;
  if (place !== '' && itsPlace === place) return startOf(Number(pid)) !== itsStart;
  const touchedMs = await lstat(join(folder, name)).then((stat) => stat.mtimeMs, ignoreMissing);
  return touchedMs !== undefined && wallClock.nowMs() - touchedMs > UNTOUCHED_MS;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function placeOf(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').replace(
      /[^0-9a-f]/g,
      '',
    );
    const namespace = readlinkSync('/proc/self/ns/pid').replace(/[^0-9]/g, '');
    return boot + namespace;
  } catch {
    return '';
  }
}

/** In ticks since boot; undefined where there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // proc(5): the 22nd field; the second one, in parentheses, may hold blanks and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
