/**
 * A scenario file and all files that it is built on, read into a tree. Names are relative to the
 * file that says them. A circle is refused, and so is data that names code: whoever runs a YAML
 * file must not run a stranger's program by it.
 */

import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

import { fileNamesOf } from '@priolab/harness';
import type { Source } from '@priolab/harness';

import { CODE_ENDINGS, importValue, isCodeFile } from './code-file.ts';
import { DATA_ENDINGS, isDataFile, readData } from './data-file.ts';
import { guessFile } from './find.ts';
import { problem } from './problem.ts';

/** Most files that one scenario may be built on. */
const FILES_MAX = 100;

/**
 * Reads a file and what it is built on.
 * @param onFile told of each file, by its absolute path, whether it can be read or not
 */
export function readSourceTree(
  file: string,
  onFile: (path: string) => void = () => {},
): Promise<Source> {
  let count = 0;
  const read = async (name: string, chain: readonly string[]): Promise<Source> => {
    count += 1;
    if (count > FILES_MAX) throw problem(file, `is built on more than ${FILES_MAX} files`);
    onFile(resolve(name));
    const path = existing(name);
    const value = await readValue(path, name, onFile);
    const files = new Map<string, Source>();
    for (const other of fileNamesOf(value)) {
      // A word without any mark of a file: left to the composition, which knows what is meant.
      if (!looksLikeFile(other)) continue;
      const otherName = isAbsolute(other) ? other : join(dirname(name), other);
      files.set(other, await readNamed(otherName, { by: name, said: other, chain }));
    }
    return { name, value, files };
  };
  const readNamed = (
    name: string,
    { by, said, chain }: { by: string; said: string; chain: readonly string[] },
  ): Promise<Source> => {
    if (!isDataFile(by) || isDataFile(name)) {
      const circle = chain.findIndex((other) => isSame(other, name));
      if (circle === -1) return read(name, [...chain, name]);
      const way = [...chain.slice(circle), name].join(' -> ');
      throw problem(by, `is built on itself: ${way}`);
    }
    const message =
      `names ${said}, which is code; data may be built on ${DATA_ENDINGS.join(', ')} only, ` +
      'so that it can be run without trust';
    throw problem(by, message);
  };
  return read(file, [file]);
}

function looksLikeFile(name: string): boolean {
  return name.startsWith('.') || isDataFile(name) || isCodeFile(name);
}

function isSame(a: string, b: string): boolean {
  const real = (path: string): string => {
    try {
      return realpathSync(path);
    } catch {
      return resolve(path);
    }
  };
  return real(a) === real(b);
}

function existing(name: string): string {
  const path = resolve(name);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw problem(name, `no such file${guessFile(name)}`);
  if (!stat.isFile()) throw problem(name, 'is no file');
  return path;
}

function readValue(path: string, name: string, onFile: (path: string) => void): Promise<unknown> {
  if (isDataFile(path)) return readData(path, name);
  if (isCodeFile(path)) return importValue(path, name, onFile);
  const endings = [...CODE_ENDINGS, ...DATA_ENDINGS].join(', ');
  throw problem(name, `is no scenario file by its name; allowed: names that end in ${endings}`);
}
