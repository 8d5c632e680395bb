/**
 * Reads the repository's own files: everything below its root but what tools wrote or installed.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** A text file; `path` is relative to the repository's root, with `/` between its parts. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** The repository's root folder. */
export const repositoryRoot = join(import.meta.dirname, '../../..');

const FOREIGN_FOLDERS = new Set(['.git', '.nx', 'coverage', 'dist-types', 'node_modules', 'runs']);
const TEXT_EXTENSIONS = new Set(['.js', '.json', '.md', '.ts', '.tsx', '']);
const GENERATED = /\.generated\.ts$/;
/** In a linked worktree `.git` is a file. */
const FOREIGN_FILES = new Set(['.git', 'package-lock.json', 'LICENSE']);

/** All source, configuration and documentation files under `root`, in a stable order. */
export function readTextFiles(root = repositoryRoot): TextFile[] {
  const files: TextFile[] = [];
  const visit = (folder: string) => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !FOREIGN_FOLDERS.has(entry.name)) visit(path);
      if (!entry.isFile() || FOREIGN_FILES.has(path)) continue;
      if (!TEXT_EXTENSIONS.has(extname(entry.name)) || GENERATED.test(entry.name)) continue;
      files.push({ path, text: readFileSync(join(root, path), 'utf8') });
    }
  };
  visit('');
  return files;
}
