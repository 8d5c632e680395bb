/**
 * The style rules for what surrounds the code: any text's words, manifests and a lib's README.
 */

import type { TextFile } from '../files.ts';
import type { Finding, Rule } from './problem.ts';

const README_LINES_MAX = 40;
const EXACT_VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const OWN_PACKAGE = /^@priolab\//;

// Written so that this file does not match itself.
const UNFINISHED = /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/;
/** Marks of a merge, as git writes them and as the formatter turns them into tables and quotes. */
const CONFLICT = /^(?:\| )?(?:<{7}|>{7}) |^(?:> ){7}/;
const ABSOLUTE_PATH = /(?<![\w.})/:*!-])\/(?:home|root|work|tmp|Users|opt|var|etc|usr)\/(?=[\w.])/;

const isText = () => true;
const isManifest = (path: string) => /(?:^|\/)package\.json$/.test(path);

function checkLines(pattern: RegExp, message: string): Rule['check'] {
  return ({ text }) =>
    text
      .split('\n')
      .flatMap((lineText, index) => (pattern.test(lineText) ? [{ line: index + 1, message }] : []));
}

function checkVersions({ text }: TextFile): Finding[] {
  const { dependencies, devDependencies } = JSON.parse(text) as Record<
    string,
    Record<string, string> | undefined
  >;
  const isExact = (name: string, range: string) =>
    OWN_PACKAGE.test(name) ? range === '*' : EXACT_VERSION.test(range);
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([name, range]) => !isExact(name, range))
    .map(([name, range]) => ({ line: 1, message: `${name}: "${range}" is not an exact version` }));
}

/** The rules for all text files and for manifests. */
export const projectRules: readonly Rule[] = [
  {
    name: 'unfinished',
    applies: isText,
    check: checkLines(UNFINISHED, 'finish it or say it in an issue'),
  },
  {
    name: 'absolute-path',
    applies: isText,
    check: checkLines(ABSOLUTE_PATH, 'a path of one machine'),
  },
  {
    name: 'conflict',
    applies: isText,
    check: checkLines(CONFLICT, 'a merge was left unfinished'),
  },
  { name: 'exact-versions', applies: isManifest, check: checkVersions },
];

/**
 * Each lib has a README of up to 40 lines that names every file and folder at the top of its `src`
 * (`index.ts` aside).
 */
export function checkReadmes(files: readonly TextFile[]): string[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const libs = new Set(files.flatMap(({ path }) => /^libs\/[^/]+/.exec(path)?.[0] ?? []));
  return [...libs].flatMap((lib) => {
    const readme = texts.get(`${lib}/README.md`);
    if (readme === undefined) return [`${lib} has no README.md`];
    const lineCount = readme.trimEnd().split('\n').length;
    const tooLong =
      lineCount > README_LINES_MAX
        ? [`${lib}/README.md has ${lineCount} lines, at most ${README_LINES_MAX}`]
        : [];
    const unnamed = topEntries(lib, files).filter((name) => !readme.includes(name));
    return [...tooLong, ...unnamed.map((name) => `${lib}/README.md does not name ${name}`)];
  });
}

/** The files and folders at the top of a lib's `src`: `task.ts`, `wire/`. */
function topEntries(lib: string, files: readonly TextFile[]): string[] {
  const prefix = `${lib}/src/`;
  const names = files
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ path }) => path.slice(prefix.length).replace(/\/.*/, '/'));
  return [...new Set(names)].filter((name) => name !== 'index.ts');
}
