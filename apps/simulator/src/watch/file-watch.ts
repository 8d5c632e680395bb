/**
 * Notices when files change, however an editor writes them: in place, by renaming a new one over
 * the old one, or by removing and writing again. Folders are watched, not files; what an event
 * means is found out by looking at the files. A slow look beside that sees what no event tells, on
 * a network's file system for example.
 */

import { readdirSync, statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';

/** An editor's several steps are one change if they come this close. */
const SETTLE_MS = 100;
const LOOK_EVERY_MS = 1000;
/** Most files of a folder that are looked at where any of them may matter. */
const NEIGHBOURS_MAX = 500;

export interface FileWatch {
  /**
   * From now on these files, by absolute path; one that is followed already is compared with what
   * it was before. `neighbours`: and all files beside them.
   */
  follow(files: Iterable<string>, options?: { readonly neighbours?: boolean }): void;
  close(): void;
}

/** @param onChange told of the files that changed, once they have been left alone for a moment */
export function createFileWatch(onChange: (files: readonly string[]) => void): FileWatch {
  let stamps = new Map<string, string>();
  const folders = new Map<string, FSWatcher>();
  let settling: NodeJS.Timeout | undefined;

  function look(): void {
    const changed: string[] = [];
    for (const [path, before] of stamps) {
      const now = stampOf(path);
      if (now === before) continue;
      stamps.set(path, now);
      changed.push(path);
    }
    if (changed.length > 0) onChange(changed);
  }

  function settle(): void {
    clearTimeout(settling);
    settling = setTimeout(look, SETTLE_MS);
  }

  function watchFolder(folder: string): void {
    if (folders.has(folder)) return;
    const drop = (): void => {
      folders.get(folder)?.close();
      folders.delete(folder);
    };
    try {
      // `error`: the folder has gone. Until there is one again, the slow look has to do.
      folders.set(folder, watch(folder, settle).on('error', drop));
    } catch {
      // No such folder, or no more watches to be had from the system: as above.
    }
  }

  const looking = setInterval(settleIfChanged, LOOK_EVERY_MS);
  function settleIfChanged(): void {
    if ([...stamps].some(([path, before]) => stampOf(path) !== before)) settle();
  }

  return {
    follow(files, { neighbours = false } = {}) {
      const paths = new Set(files);
      const around = new Set([...paths].map((path) => dirname(path)));
      if (neighbours) {
        for (const folder of around) for (const path of filesIn(folder)) paths.add(path);
      }
      stamps = new Map([...paths].map((path) => [path, stamps.get(path) ?? stampOf(path)]));
      for (const [folder, watcher] of folders) {
        if (around.has(folder)) continue;
        watcher.close();
        folders.delete(folder);
      }
      for (const folder of around) watchFolder(folder);
    },

    close() {
      clearTimeout(settling);
      clearInterval(looking);
      for (const watcher of folders.values()) watcher.close();
    },
  };
}

/** What tells one state of a file from another; the same for all files that are not there. */
function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'none';
  return [stat.ino, stat.size, stat.mtimeMs].join(' ');
}

/** The folder itself, which changes when a file comes or goes, and the files in it. */
function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).slice(0, NEIGHBOURS_MAX);
    return [folder, ...files.map(({ name }) => join(folder, name))];
  } catch {
    return [];
  }
}
