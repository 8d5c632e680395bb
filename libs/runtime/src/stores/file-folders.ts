/**
 * Folders of a file store: made durably, never left by a symbolic link, walked for a listing. A
 * folder is never removed, so that one that this process saw durable stays so. Links are looked for
 * before each use; whoever may change the tree at the same instant may write to it anyway.
 */

import { lstat, mkdir, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

import { hasCode } from './file-errors.ts';
import { ObjectKeyError, UNFINISHED, checkKey, sortKeys } from './object-key.ts';
import type { OnStoreStep } from './streaming-store.ts';

const KNOWN_MAX = 10_000;
const WALKERS = 8;

export interface Folders {
  /** The folder of `key`, made if need be; it is durable then. @throws ObjectKeyError */
  make(key: string): Promise<string>;
  /** The folder of `key`; undefined where there is none. @throws ObjectKeyError for a link */
  find(key: string): Promise<string | undefined>;
  /** They are gone: somebody else removed them. */
  forget(): void;
}

/** @param root without symbolic links in its path */
export function createFolders(root: string, onStep?: OnStoreStep): Folders {
  const known = new Set<string>();

  const find = async (key: string): Promise<string | undefined> => {
    const folder = folderOf(root, key);
    if (folder === root) return root;
    const real = await realpath(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      if (hasCode(error, 'ELOOP')) return '';
      throw error;
    });
    if (real === undefined || real === folder) return real;
    throw new ObjectKeyError('bad-key', key, 'expected no symbolic link among its folders');
  };

  const makeOne = async (parent: string, folder: string, key: string): Promise<void> => {
    if (known.has(folder)) return;
    const made = await mkdir(folder, { mode: 0o700 }).then(
      () => true,
      (error: unknown) => {
        if (hasCode(error, 'EEXIST')) return false;
        throw error;
      },
    );
    if (!made && !(await lstat(folder)).isDirectory()) {
      const expected = `expected a folder at ${JSON.stringify(folder.slice(root.length + 1))}`;
      throw new ObjectKeyError('key-clash', key, `${expected}, it is an object or a link`);
    }
    // Also where it was there: another process may have made it just now.
    await syncFolder(parent);
    if (known.size >= KNOWN_MAX) known.clear();
    known.add(folder);
    if (made) await onStep?.('store.folder-made', key);
  };

  return {
    find,
    forget: () => known.clear(),
    async make(key) {
      let folder = root;
      for (const segment of key.split('/').slice(0, -1)) {
        const parent = folder;
        folder = join(parent, segment);
        await makeOne(parent, folder, key);
      }
      return (await find(key)) ?? folder;
    },
  };
}

/** Puts the folder's entries on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Keys of all files whose key begins with `prefix`, ascending; links are not followed or told. */
export async function listFiles(root: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const open: string[] = [start];
  const visit = async (folder: string): Promise<void> => {
    // `withFileTypes` asks for the type of each where the file system does not tell it.
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const entry of entries) {
      const key = folder + entry.name;
      if (key === UNFINISHED) continue;
      if (entry.isDirectory()) {
        const inside = `${key}/`;
        if (inside.startsWith(prefix) || prefix.startsWith(inside)) open.push(inside);
      } else if (entry.isFile() && key.startsWith(prefix) && isKey(key)) keys.push(key);
    }
  };
  while (open.length > 0) {
    const now = open.splice(-WALKERS);
    await Promise.all(now.map((folder) => visit(folder).catch(ignoreGone(folder))));
  }
  return sortKeys(keys);
}

const ignoreGone = (folder: string) => (error: unknown) => {
  // The root itself must be there: no store is not an empty store.
  if (folder === '' || !hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
};

/** What somebody else put there under a name that can't be asked for is not told. */
function isKey(name: string): boolean {
  try {
    checkKey(name);
    return true;
  } catch {
    return false;
  }
}

function folderOf(root: string, key: string): string {
  return join(root, ...key.split('/').slice(0, -1));
}
