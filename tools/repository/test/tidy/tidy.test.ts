/** The tidy test: the repository keeps its style rules, and each rule finds what it is for. */

import { describe, expect, test } from 'vitest';
import { readTextFiles } from '../../src/files.ts';
import { codeRules } from '../../src/tidy/code-rules.ts';
import { findProblems, formatProblem } from '../../src/tidy/problem.ts';
import { checkReadmes, projectRules } from '../../src/tidy/project-rules.ts';

const rules = [...codeRules, ...projectRules];
const files = readTextFiles();
const lines = (count: number, text = 'let x;') => Array(count).fill(text).join('\n');
const body = (count: number) => `{\n${lines(count - 2)}\n}`;
const manifest = (name: string, range: string) =>
  JSON.stringify({ dependencies: { [name]: range } });

describe('the repository', () => {
  test('has files to look at', () => {
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['package.json', 'libs/runtime/src/clock.ts', '.ci/run']),
    );
  });

  test('keeps every rule', () => {
    expect(findProblems(files, rules).map(formatProblem)).toEqual([]);
  });

  test('has a README for each lib that names its files', () => {
    expect(checkReadmes(files)).toEqual([]);
  });
});

/** For each rule: a file that breaks it (at a line), and what is like it but allowed. */
const planted: [rule: string, line: number, path: string, text: string][] = [
  ['header', 1, 'libs/prio/src/a.ts', 'let x;'],
  ['file-length', 501, 'libs/prio/src/a.ts', `// a\n${lines(500)}`],
  ['function-length', 2, 'libs/prio/src/a.ts', `// a\nfunction a<I, R>(): void ${body(71)}`],
  ['function-length', 2, 'libs/prio/src/a.ts', `// a\nconst a = () => ${body(71)}`],
  ['function-length', 3, 'libs/prio/src/a.ts', `// a\nconst o = {\nasync a(b) ${body(71)} };`],
  ['function-length', 2, 'libs/prio/src/a.ts', `// a\nfunction f(\n{ a }: B,\n) ${body(69)}`],
  ['function-length', 2, 'libs/harness/src/pipeline.ts', `// a\nfunction a() ${body(81)}`],
  ['function-length', 2, 'libs/prio/src/a.ts', `// a\nfunction createA() ${body(121)}`],
  ['columns', 2, 'libs/prio/src/a.ts', `// a\n// ${'x'.repeat(98)}`],
  ['file-name', 1, 'libs/prio/src/utils.ts', '// a'],
  ['file-name', 1, 'libs/common/src/a.ts', '// a'],
  ['named-exports', 2, 'libs/prio/src/a.ts', "// a\nexport * from './b.ts';"],
  ['named-exports', 2, 'libs/prio/src/a.ts', '// a\nexport default 1;'],
  ['clock', 2, 'libs/prio/src/a.ts', '// a\nconst t = Date.now();'],
  ['clock', 2, 'libs/prio/src/a.ts', '// a\nconst t = new Date();'],
  ['clock', 2, 'libs/harness/test/a.test.ts', '// a\nsetTimeout(f, 1);'],
  ['clock', 2, 'tools/vectors/src/a.ts', '// a\nconst t = `${Math.random()}`;'],
  ['clock', 2, 'tools/repository/src/files.ts', '// a\nsetInterval(f, 1);'],
  ['console', 2, 'libs/runtime/src/a.ts', "// a\nconsole.log('x');"],
  ['inexact-math', 2, 'libs/harness/src/run/a.ts', '// a\nconst e = Math.exp(2);'],
  ['folders', 2, 'apps/simulator/src/a.ts', '// a\nmkdirSync(a, { recursive: true });'],
  ['test-focus', 2, 'libs/prio/test/a.test.ts', "// a\ntest.only('x', f);"],
  ['test-focus', 2, 'libs/prio/test/a.test.ts', "// a\ndescribe.skip('x', f);"],
  ['conflict', 1, 'docs/a.md', ['<<<<', '<<< HEAD'].join('')],
  ['conflict', 2, 'docs/a.md', ['a\n| <<<<', '<<< HEAD |'].join('')],
  ['conflict', 1, 'docs/a.md', '> '.repeat(7)],
  ['unfinished', 1, 'docs/a.md', ['TO', 'DO: write'].join('')],
  ['unfinished', 1, '.ci/run', ['# FIX', 'ME'].join('')],
  ['absolute-path', 1, 'libs/prio/src/a.ts', `// see ${['', 'home', 'me'].join('/')}`],
  ['absolute-path', 2, '.ci/run', `#!/usr/bin/env bash\ncp a ${['', 'tmp', 'a'].join('/')}`],
  ['exact-versions', 1, 'libs/prio/package.json', manifest('zod', '^4.6.7')],
  ['exact-versions', 1, 'libs/prio/package.json', manifest('@priolab/field', '0.1.0')],
];

const allowed: [rule: string, path: string, text: string][] = [
  ['header', 'apps/x/bin/x.js', '#!/usr/bin/env node\n// a'],
  ['header', 'libs/prio/vitest.config.ts', 'import x;'],
  ['file-length', 'libs/prio/src/a.ts', `${lines(500)}\n`],
  ['function-length', 'libs/prio/src/a.ts', `function a() ${body(70)}`],
  ['function-length', 'libs/prio/src/a.ts', `if (a) ${body(99)}\nconst b = ${body(99)}`],
  ['function-length', 'libs/prio/src/a.ts', `function a() ${body(60)}\nfunction b() ${body(60)}`],
  ['function-length', 'libs/harness/src/pipeline.ts', `function a() ${body(80)}`],
  ['function-length', 'a.test.ts', `describe(a, () => {\n  test('b', f);\n${lines(90)}\n})`],
  ['function-length', 'libs/prio/src/a.ts', `function createA() ${body(120)}`],
  ['columns', 'libs/prio/src/a.ts', 'x'.repeat(100)],
  ['file-name', 'libs/prio/src/task.ts', ''],
  ['named-exports', 'scenarios/a.scenario.ts', 'export default 1;'],
  ['clock', 'libs/prio/src/a.ts', "// Date.now()\nconst a = 'Math.random' + /Date.now/.source;"],
  ['clock', 'libs/prio/src/a.ts', 'const d = new Date(0); /* setTimeout */'],
  ['clock', 'libs/runtime/src/clock.ts', 'Date.now();'],
  ['clock', 'tools/repository/src/memory/a.ts', 'setInterval(look, 50);'],
  ['console', 'apps/simulator/src/a.ts', 'console.log(1);'],
  ['inexact-math', 'libs/harness/src/statistics/a.ts', 'Math.log(2);'],
  ['inexact-math', 'libs/prio/src/a.ts', 'Math.floor(Math.sqrt(2));'],
  ['folders', 'apps/simulator/src/run-folder.ts', 'mkdirSync(path);'],
  ['folders', 'apps/simulator/test/a.test.ts', 'mkdirSync(path);'],
  ['test-focus', 'libs/prio/test/a.test.ts', "describe.skipIf(!vectorsDir)('x', f);"],
  ['absolute-path', 'docs/a.md', 'https://example.org/home/page, ../work/main, libs/var/x'],
  ['exact-versions', 'libs/prio/package.json', manifest('@priolab/field', '*')],
  ['exact-versions', 'libs/prio/package.json', manifest('zod', '4.6.7')],
];

describe('each rule', () => {
  test('is tried by the tables below', () => {
    const names = rules.map(({ name }) => name).sort();
    expect([...new Set(planted.map(([rule]) => rule))].sort()).toEqual(names);
  });

  test.each(planted)('%s finds line %i of %s', (rule, line, path, text) => {
    const problems = findProblems([{ path, text }], rules);
    expect(problems.map((problem) => [problem.rule, problem.line])).toEqual([[rule, line]]);
  });

  test.each(allowed)('%s lets %s pass', (rule, path, text) => {
    const found = findProblems([{ path, text }], rules).map((problem) => problem.rule);
    expect(found).not.toContain(rule);
  });
});

describe('READMEs', () => {
  const source = [
    { path: 'libs/a/src/index.ts', text: '' },
    { path: 'libs/a/src/task.ts', text: '' },
    { path: 'libs/a/src/wire/upload.ts', text: '' },
  ];
  const check = (text: string) => checkReadmes([...source, { path: 'libs/a/README.md', text }]);

  test('a README that names each file and folder passes', () => {
    expect(check('| `src/task.ts` | ... |\n| `src/wire/` | ... |\n')).toEqual([]);
  });

  test('a missing, incomplete or long one is found', () => {
    expect(checkReadmes(source)).toEqual(['libs/a has no README.md']);
    expect(check('task.ts')).toEqual(['libs/a/README.md does not name wire/']);
    expect(check(lines(41, 'task.ts wire/'))).toEqual([
      'libs/a/README.md has 41 lines, at most 40',
    ]);
  });
});
