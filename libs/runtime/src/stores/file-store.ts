/**
 * An object store in a folder: each object is a file, and each '/' of its key a folder. A write
 * goes to a file of its own, is synced, and gets its name by link(2), which fails where there is
 * one; the folder is synced before the write is acknowledged. So no torn object is ever visible,
 * whenever the process or the machine stops, and any number of processes may write at once.
 *
 * Files are 0600 and folders 0700: buckets hold shares, if encrypted ones. The root must be there:
 * a disk that is not mounted is an error, not an empty store.
 */

import { constants } from 'node:fs';
import { link, lstat, open, realpath, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { TransportError } from '../transport-error.ts';
import { hasCode, isDefinite, toTransportError } from './file-errors.ts';
import { createFolders, listFiles, syncFolder, type Folders } from './file-folders.ts';
import { ObjectKeyError, checkKey, checkPrefix } from './object-key.ts';
import { inPieces } from './pieces.ts';
import type { OnStoreStep, PutOptions, StreamingStore } from './streaming-store.ts';
import { removeLeftOvers, unfinishedPath } from './unfinished-files.ts';

const PIECE_BYTES = 262_144;
/** A folder that somebody removes during a write is made again, up to so many times. */
const NAME_ATTEMPTS = 3;
/** Never through a link, nor waiting for the other end of a pipe. */
const READING = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface FileStoreOptions {
  /** A folder that is there. */
  readonly root: string;
  /** 'store.folder-made', 'tmp-written', 'tmp-synced', 'linked', 'dir-synced', 'deleted'. */
  readonly onStep?: OnStoreStep;
}

/** The root, once it was seen. */
interface Opened {
  readonly root: string;
  readonly folders: Folders;
}

type Fill = (file: FileHandle) => Promise<void>;

/** Nothing is touched before the first operation. */
export function createFileStore({ root, onStep }: FileStoreOptions): StreamingStore {
  const opened = openingOnce(root, onStep);
  const writer = createWriter(onStep);

  const write = (key: string, fill: Fill, options: PutOptions | undefined) =>
    during('write', key, async (progress) => {
      const { folders, root: real } = await opened();
      const isOverwriting = options?.overwrite === true;
      const folder = await folders.make(key);
      const path = join(folder, basename(key));
      // What is there is not written again only to be thrown away, but it must be durable.
      if (!isOverwriting && (await isObject(path, key)))
        return syncFolder(folder).then(() => false);
      return writer({ key, path, root: real, folders, isOverwriting, fill, progress });
    });

  return {
    put: (key, bytes, options) => write(key, (file) => writeAll(file, bytes), options),
    write: (key, chunks, options) => write(key, (file) => writeChunks(file, chunks), options),
    get: (key) =>
      during('read', key, async () => {
        const file = await openObject(await opened(), key);
        if (file === undefined) return undefined;
        try {
          return await file.readFile();
        } finally {
          await file.close();
        }
      }),
    stat: (key) => during('stat', key, async () => statOf(await opened(), key)),
    list: (prefix) =>
      during('list', prefix, async () => {
        const { root: real, folders } = await opened();
        // Also refuses a link on the way.
        return (await folders.find(prefix)) === undefined ? [] : listFiles(real, prefix);
      }),
    delete: (key) =>
      during('delete', key, async (progress) => {
        const folder = await (await opened()).folders.find(key);
        if (folder === undefined) return;
        const path = join(folder, basename(key));
        if ((await statFile(path)) === undefined) return;
        await unlink(path).catch((error: unknown) => {
          progress.isVisible = !isDefinite(error);
          return ignoreMissing(error);
        });
        progress.isVisible = true;
        await syncFolder(folder);
        await onStep?.('store.deleted', key);
      }),
    read: (key) =>
      during('read', key, async () => {
        const there = await opened();
        if ((await statOf(there, key)) === undefined) return undefined;
        return { [Symbol.asyncIterator]: () => chunksOf(there, key) };
      }),
  };
}

/** Whether something that others can see has happened. */
interface Progress {
  isVisible: boolean;
}

/** Checks the key and makes transport errors of the file system's. */
async function during<T>(
  what: 'read' | 'write' | 'stat' | 'list' | 'delete',
  key: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  if (what === 'list') checkPrefix(key);
  else checkKey(key);
  const progress: Progress = { isVisible: false };
  try {
    return await work(progress);
  } catch (error) {
    throw toTransportError(error, { what: `${what} ${key}`, definite: !progress.isVisible });
  }
}

/** Looks at the root, and removes what dead processes left there, once; again where it failed. */
function openingOnce(root: string, onStep: OnStoreStep | undefined): () => Promise<Opened> {
  let opening: Promise<Opened> | undefined;
  const begin = async (): Promise<Opened> => {
    const real = await realpath(root).catch((error: unknown) => {
      throw toTransportError(error, { what: `store ${root}`, definite: true });
    });
    if (!(await lstat(real)).isDirectory()) {
      const text = `store ${root}: expected a folder`;
      throw new TransportError('refused', text, { retryable: false, definite: true });
    }
    await removeLeftOvers(real).catch((error: unknown) => {
      // A store that can only be read is still read.
      if (!hasCode(error, 'EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT')) throw error;
    });
    return { root: real, folders: createFolders(real, onStep) };
  };
  return () => {
    opening ??= begin().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

interface Write {
  readonly key: string;
  readonly path: string;
  readonly root: string;
  readonly folders: Folders;
  readonly isOverwriting: boolean;
  readonly fill: Fill;
  readonly progress: Progress;
}

function createWriter(onStep: OnStoreStep | undefined): (write: Write) => Promise<boolean> {
  return async ({ key, path, root, folders, isOverwriting, fill, progress }) => {
    const unfinished = unfinishedPath(root);
    const file = await createUnfinished(root, unfinished);
    try {
      try {
        await fill(file);
        await onStep?.('store.tmp-written', key);
        await file.sync();
      } finally {
        await file.close();
      }
      await onStep?.('store.tmp-synced', key);
      const name = isOverwriting ? rename : link;
      const isNew = await giveName({ key, path, folders, progress }, () => name(unfinished, path));
      progress.isVisible = isNew;
      if (isNew) await onStep?.('store.linked', key);
      // Also where another one was first: who is told that it is there relies on it.
      await syncFolder(join(path, '..'));
      await onStep?.('store.dir-synced', key);
      return isNew;
    } finally {
      // Fails only where nothing but space is lost, and opening removes it later.
      await unlink(unfinished).catch(() => undefined);
    }
  };
}

/** Makes their folder too, should it not be there (any more). */
async function createUnfinished(root: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    await removeLeftOvers(root);
    return open(path, 'wx', 0o600);
  }
}

/** @returns false where there is an object of that name */
async function giveName(
  { key, path, folders, progress }: Pick<Write, 'key' | 'path' | 'folders' | 'progress'>,
  name: () => Promise<void>,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await name();
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST', 'EISDIR', 'ENOTDIR') && (await isObject(path, key))) {
        return false;
      }
      progress.isVisible = !isDefinite(error);
      const mayHelp = hasCode(error, 'ENOENT', 'EEXIST', 'ENOTDIR');
      if (!mayHelp) throw error;
      // Of a root that is gone `make` says so.
      if (attempt === NAME_ATTEMPTS) throw goneError(key);
      folders.forget();
      await folders.make(key);
    }
  }
}

const goneError = (key: string): TransportError => {
  const text = `write ${key}: its folder or its unfinished file was removed meanwhile`;
  return new TransportError('unavailable', text, { retryable: true, definite: true });
};

async function writeChunks(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of inPieces(chunks, { size: PIECE_BYTES, isKept: false })) {
    await writeAll(file, piece);
  }
}

/** A full disk may take a part of the bytes first. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}

async function* chunksOf(
  opened: Opened,
  key: string,
): AsyncGenerator<Uint8Array, undefined, undefined> {
  const asTransport = (error: unknown) => {
    throw toTransportError(error, { what: `read ${key}`, definite: true });
  };
  const file = await openObject(opened, key).catch(asTransport);
  if (file === undefined) {
    const text = `read ${key}: expected it to be there, it was deleted`;
    throw new TransportError('not-found', text, { retryable: false, definite: true });
  }
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES).catch(asTransport);
      if (bytesRead === 0) return undefined;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function openObject({ folders }: Opened, key: string): Promise<FileHandle | undefined> {
  const folder = await folders.find(key);
  if (folder === undefined) return undefined;
  const file = await open(join(folder, basename(key)), READING).catch(refuseLink(key));
  if (file === undefined) return undefined;
  if ((await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}

async function statOf({ folders }: Opened, key: string) {
  const folder = await folders.find(key);
  if (folder === undefined) return undefined;
  return statFile(join(folder, basename(key)));
}

/** Undefined where there is no file: a folder, link or pipe is no object. */
async function statFile(path: string) {
  const stat = await lstat(path).catch(ignoreMissing);
  if (stat?.isFile() !== true) return undefined;
  return { size: stat.size, writtenMs: Math.floor(stat.mtimeMs) };
}

/** @throws ObjectKeyError where something else has the name */
async function isObject(path: string, key: string): Promise<boolean> {
  const stat = await lstat(path).catch(ignoreMissing);
  if (stat === undefined || stat.isFile()) return stat !== undefined;
  throw new ObjectKeyError(
    'key-clash',
    key,
    'expected an object or nothing, it is a folder or link',
  );
}

function ignoreMissing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
}

const refuseLink = (key: string) => (error: unknown) => {
  if (hasCode(error, 'ELOOP')) {
    throw new ObjectKeyError('bad-key', key, 'expected an object, it is a symbolic link');
  }
  return ignoreMissing(error);
};
