/**
 * Disks of a test's own, to fill up or to make read-only: small memory file systems, which only
 * root may mount. A folder of somebody else than root is read-only by its mode alone.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FILLER = '.filler';
const PIECE = 4096;

function mount(...words: readonly string[]): boolean {
  return spawnSync('mount', words, { stdio: 'ignore' }).status === 0;
}

const unmount = (folder: string): void => {
  spawnSync('umount', ['-l', folder], { stdio: 'ignore' });
};

/** Whether this user may have such disks: tried once. */
export const canMount = tryToMount();

function tryToMount(): boolean {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false;
  const folder = mkdtempSync(join(tmpdir(), 'priolab-mount-'));
  try {
    if (!mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder)) return false;
    unmount(folder);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Disk {
  /** Until nothing more fits. */
  fill(): void;
  makeRoom(): void;
  setReadOnly(isReadOnly: boolean): void;
  remove(): void;
}

/** A disk at `folder`, which is made. */
export function createDisk(folder: string, kib: number): Disk {
  mkdirSync(folder, { recursive: true });
  if (!mount('-t', 'tmpfs', '-o', `size=${kib}k,mode=700`, 'tmpfs', folder)) {
    throw new Error(`${folder}: a disk could not be mounted`);
  }
  return {
    fill() {
      const file = openSync(join(folder, FILLER), 'w');
      try {
        for (;;) writeSync(file, new Uint8Array(PIECE).fill(1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(join(folder, FILLER)),
    setReadOnly(isReadOnly) {
      const how = isReadOnly ? 'ro' : 'rw';
      if (mount('-o', `remount,${how}`, folder)) return;
      throw new Error(`${folder}: could not be made ${how}`);
    },
    remove: () => unmount(folder),
  };
}

/** The same for a user who may not mount: the folder's mode. */
export function createModeDisk(folder: string): Pick<Disk, 'setReadOnly' | 'remove'> {
  mkdirSync(folder, { recursive: true });
  const set = (isReadOnly: boolean): void => chmodSync(folder, isReadOnly ? 0o500 : 0o700);
  return { setReadOnly: set, remove: () => set(false) };
}
