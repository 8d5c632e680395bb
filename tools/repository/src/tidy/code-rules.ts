/**
 * The style rules that a source file must keep: its size, its name, and the words it may not use.
 * Rules about words see blanked code (see `blank.ts`), where strings and comments don't count.
 */

import type { TextFile } from '../files.ts';
import { blank } from './blank.ts';
import { functionLengths } from './function-lengths.ts';
import type { Finding, Rule } from './problem.ts';

const LINES_MAX = 500;
const COLUMNS_MAX = 100;
const FUNCTION_LINES_MAX = 70;
/** A factory stands for a class: its inner functions are held to the limit above. */
const FACTORY_LINES_MAX = 120;
const PIPELINE_FUNCTION_LINES_MAX = 80; // It is one report's whole journey, to be read at once.

const isCode = (path: string) => /\.(?:tsx?|js)$/.test(path);
const isLibCode = (path: string) => isCode(path) && path.startsWith('libs/');
const isConfig = (path: string) => path.endsWith('vitest.config.ts');
const isScenario = (path: string) => path.endsWith('.scenario.ts');
const isTest = (path: string) => path.endsWith('.test.ts');

/** A rule that no line of the code may match `pattern`. */
function banned(
  name: string,
  pattern: RegExp,
  message: string,
  applies: (path: string) => boolean,
): Rule {
  return { name, applies, check: ({ text }) => matches(blank(text), pattern, message) };
}

function matches(text: string, pattern: RegExp, message: string): Finding[] {
  return text.split('\n').flatMap((lineText, index) => {
    const found = pattern.exec(lineText)?.[0].trim();
    return found === undefined ? [] : [{ line: index + 1, message: `${found}: ${message}` }];
  });
}

function checkHeader({ text }: TextFile): Finding[] {
  const begins = /^(?:#!.*\n)?(?:\/\*\*|\/\/)/.test(text);
  return begins ? [] : [{ line: 1, message: 'a file opens with a comment that says its purpose' }];
}

function checkFileLength({ text }: TextFile): Finding[] {
  const lineCount = text.trimEnd().split('\n').length;
  if (lineCount <= LINES_MAX) return [];
  return [{ line: LINES_MAX + 1, message: `${lineCount} lines, at most ${LINES_MAX}` }];
}

function checkFunctionLength({ path, text }: TextFile): Finding[] {
  const max = path.endsWith('/pipeline.ts') ? PIPELINE_FUNCTION_LINES_MAX : FUNCTION_LINES_MAX;
  return functionLengths(blank(text)).flatMap(({ line, lineCount, isFactory }) => {
    const limit = isFactory ? FACTORY_LINES_MAX : max;
    return lineCount > limit ? [{ line, message: `${lineCount} lines, at most ${limit}` }] : [];
  });
}

function checkColumns({ text }: TextFile): Finding[] {
  return text.split('\n').flatMap((lineText, index) => {
    const count = lineText.length;
    if (count <= COLUMNS_MAX) return [];
    return [{ line: index + 1, message: `${count} columns, at most ${COLUMNS_MAX}` }];
  });
}

const BANNED_NAMES = /^(?:common|shared|utils?|types|interfaces|manager)$/;

function checkName({ path }: TextFile): Finding[] {
  const name = path.split('/').find((part) => BANNED_NAMES.test(part.replace(/\..*$/, '')));
  return name === undefined ? [] : [{ line: 1, message: `"${name}" says nothing; name the idea` }];
}

/** The rules for source files. */
export const codeRules: readonly Rule[] = [
  {
    name: 'header',
    applies: (path) => isCode(path) && !isConfig(path) && !isScenario(path),
    check: checkHeader,
  },
  { name: 'file-length', applies: isCode, check: checkFileLength },
  { name: 'function-length', applies: isCode, check: checkFunctionLength },
  { name: 'columns', applies: isCode, check: checkColumns },
  { name: 'file-name', applies: isCode, check: checkName },
  banned(
    'named-exports',
    /\bexport\s+(?:\*|default\b)/,
    'export by name',
    (path) => isCode(path) && !isConfig(path) && !isScenario(path),
  ),
  banned(
    'clock',
    /\b(?:Date\.now|Math\.random|performance\.now|setTimeout|setInterval)\b|\bnew Date\(\)/,
    'time and chance are arguments; only runtime, the apps and what watches runs ask the machine',
    (path) =>
      isCode(path) &&
      !/^(?:libs\/runtime|apps|tools\/repository\/src\/(?:memory|reporting))\//.test(path),
  ),
  banned(
    'console',
    /\bconsole\b/,
    'only apps and tools write to the terminal',
    (path) => isCode(path) && !/^(?:apps|tools|\.ci|libs\/\w+\/tools)\//.test(path),
  ),
  banned(
    'inexact-math',
    /\bMath\.(?:exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|tanh|cbrt)\b/,
    'engines may round these differently, and results must be equal on all',
    (path) =>
      isLibCode(path) && path.includes('/src/') && !path.startsWith('libs/harness/src/statistics/'),
  ),
  banned(
    'folders',
    /\bmkdirSync\b/,
    'makeFolder makes folders: with `recursive`, Node never comes back where the system refuses',
    (path) => path.startsWith('apps/simulator/src/') && path !== 'apps/simulator/src/run-folder.ts',
  ),
  banned(
    'test-focus',
    /\.(?:only|todo|skip)\b/,
    'no test is left out; where its data may be absent, use skipIf',
    isTest,
  ),
];
