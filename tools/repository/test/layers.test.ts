/**
 * The layers: lint, manifests and tsconfigs agree on who may import whom, and lint really refuses
 * what they don't allow. The imports are planted in a copy of the repository's outline.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTextFiles, repositoryRoot } from '../src/files.ts';
import { importedPackages, readLintTable, readProjects } from '../src/layers.ts';

const projects = readProjects();
const table = readLintTable();
const textFiles = readTextFiles();
const projectNames = [...projects.map(({ name }) => name), 'vectors', 'repository'];

describe.each(projects)('$folder', (project) => {
  test('has in its manifest what lint allows, no more and no less', () => {
    expect(table.get(project.folder)).toEqual(project.dependencies);
  });

  test('uses projects for tests only from among those and the test vectors', () => {
    const known = [...project.dependencies, 'vectors'];
    expect(known).toEqual(expect.arrayContaining([...project.devDependencies]));
  });

  test('refers in its tsconfig to what its manifest names', () => {
    const named = [...project.dependencies, ...project.devDependencies].sort();
    expect(project.references).toEqual(named);
  });

  test('imports only what its manifest names; its src, only what is there at run time', () => {
    const rootManifest = readFileSync(join(repositoryRoot, 'package.json'), 'utf8');
    const { devDependencies } = JSON.parse(rootManifest) as { devDependencies: object };
    const atRunTime = [
      ...project.dependencies.map((name) => `@priolab/${name}`),
      ...project.foreignDependencies,
    ];
    const inTests = [
      ...atRunTime,
      ...project.devDependencies.map((name) => `@priolab/${name}`),
      ...project.foreignDevDependencies,
      ...Object.keys(devDependencies),
    ];
    for (const { path, text } of textFiles) {
      if (!path.startsWith(`${project.folder}/`) || !/\.(?:tsx?|js)$/.test(path)) continue;
      const known = path.startsWith(`${project.folder}/src/`) ? atRunTime : inTests;
      const unknown = importedPackages(text).filter(
        (name) => !name.startsWith('node:') && !known.includes(name),
      );
      expect(unknown, path).toEqual([]);
    }
  });
});

test('the imports of a module are read from all their forms', () => {
  const text = `
import 'a';
import b, { c } from '@d/e/f.js';
import type {
  G,
} from 'node:fs';
export { h } from 'i/j';
export const k = await import('l');
import m from './n.ts';
`;
  expect(importedPackages(text)).toEqual(['a', '@d/e', 'node:fs', 'i', 'l']);
});

describe('lint', () => {
  let outline: string;
  beforeAll(() => {
    outline = mkdtempSync(join(tmpdir(), 'priolab-layers-'));
    cpSync(join(repositoryRoot, '.oxlintrc.json'), join(outline, '.oxlintrc.json'));
  });
  afterAll(() => rmSync(outline, { recursive: true }));

  /** What lint says about each file; the files are gone afterwards. */
  function lint(files: readonly { path: string; text: string }[]): Map<string, string[]> {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(outline, path)), { recursive: true });
      writeFileSync(join(outline, path), text);
    }
    const said = new Map<string, string[]>(files.map(({ path }) => [path, []]));
    for (const { filename, code, message, help } of runOxlint(outline)) {
      if (/restricted-imports|nodejs-modules/.test(code)) {
        said.get(filename)?.push(`${message} ${help}`);
      }
    }
    for (const { path } of files) rmSync(join(outline, path));
    return said;
  }

  test('refuses each import of a project that the manifest does not name, and no other', () => {
    const cases = projects.flatMap(({ folder, name, dependencies }) =>
      projectNames
        .filter((imported) => imported !== name)
        .map((imported) => ({
          path: `${folder}/src/deep/${imported}.ts`,
          text: `import type { X } from '@priolab/${imported}';\nexport type Y = X;\n`,
          imported,
          isAllowed: dependencies.includes(imported),
        })),
    );
    const said = lint(cases);
    for (const { path, imported, isAllowed } of cases) {
      const expected = isAllowed ? [] : [expect.stringContaining(`'@priolab/${imported}'`)];
      expect(said.get(path), path).toEqual(expected);
    }
  });

  const refused: [path: string, from: string, help: string][] = [
    ['libs/field/src/a.ts', '@priolab/crypto', 'field is pure arithmetic'],
    ['libs/field/src/a.ts', 'node:fs', ''],
    ['libs/crypto/src/a.ts', '@priolab/field', 'crypto imports no other project'],
    ['libs/runtime/src/engine/a.ts', '@priolab/prio', 'runtime knows no Prio'],
    ['libs/prio/src/a.ts', '@priolab/roles', 'prio may import field and crypto'],
    ['libs/prio/src/a.ts', '@priolab/vectors', 'prio may import field and crypto'],
    ['libs/prio/src/a.ts', 'node:crypto', 'prio may import field and crypto'],
    ['libs/prio/src/a.ts', '@noble/hashes/sha2.js', 'prio may import field and crypto'],
    ['libs/prio/src/a.ts', '@priolab/crypto/src/bytes.ts', 'prio may import'],
    ['libs/prio/src/a/b.ts', '../../../crypto/src/index.ts', 'prio may import'],
    ['libs/prio/src/a.ts', '../../crypto/test/blocks.ts', 'prio may import'],
    ['libs/prio/src/a.ts', '../test/fixture.ts', 'prio may import'],
    ['libs/prio/test/a.test.ts', '../../crypto/src/index.ts', 'by its name'],
    ['libs/prio/test/a/b.test.ts', '../../../crypto/test/blocks.ts', 'by its name'],
    ['libs/roles/src/a.ts', '@priolab/harness', 'roles may import prio and crypto'],
    ['libs/harness/src/a.ts', '@priolab/field', 'harness may import'],
    ['libs/report/src/a.ts', '@priolab/harness', 'types of harness only'],
    ['apps/portal/page/a.ts', '@priolab/portal', 'the page runs in a browser'],
    ['apps/portal/page/a.tsx', '../src/service.ts', 'the page runs in a browser'],
    ['apps/portal/page/a.ts', 'node:fs', ''],
    ['apps/simulator/src/a.ts', '@priolab/prio', 'the simulator may import'],
    ['scenarios/a.scenario.ts', 'node:fs', 'a scenario may import harness only'],
    ['scenarios/a.scenario.ts', '../libs/roles/src/index.ts', 'a scenario may import'],
  ];
  const allowed: [path: string, from: string][] = [
    ['libs/crypto/src/a.ts', 'node:crypto'],
    ['libs/crypto/src/a.ts', '@noble/hashes/sha2.js'],
    ['libs/prio/src/a/b.ts', '../task/field.ts'],
    ['libs/prio/src/a.ts', '@priolab/field'],
    ['libs/prio/test/a.test.ts', '../src/index.ts'],
    ['libs/prio/test/a/b.test.ts', '../../src/a/b.ts'],
    ['libs/prio/test/a.test.ts', '@priolab/vectors'],
    ['libs/prio/test/a.test.ts', 'node:crypto'],
    ['libs/harness/src/a.ts', 'zod'],
    ['apps/portal/page/charts/a.tsx', 'preact'],
    ['apps/portal/page/charts/a.tsx', '../figures.ts'],
    ['scenarios/a.scenario.ts', '@priolab/harness'],
  ];

  /** Linted at once, each import in a file of its own beside the path that it is named for. */
  let saidOf: (path: string, from: string) => readonly string[] | undefined;
  beforeAll(() => {
    const planted = [...refused, ...allowed].map(([path, from], index) => ({
      key: `${path} ${from}`,
      path: join(dirname(path), `${index}-${basename(path)}`),
      text: `import { x } from '${from}';\nexport const y = x;\n`,
    }));
    const said = lint(planted);
    const byKey = new Map(planted.map(({ key, path }) => [key, said.get(path)]));
    saidOf = (path, from) => byKey.get(`${path} ${from}`);
  });

  test.each(refused)('refuses in %s: %s', (path, from, help) => {
    expect(saidOf(path, from)).toEqual([expect.stringContaining(from)]);
    expect(saidOf(path, from)?.[0]).toContain(help);
  });

  test.each(allowed)('lets pass in %s: %s', (path, from) => {
    expect(saidOf(path, from)).toEqual([]);
  });

  test('finds a promise that nobody awaits, where it is asked for types', () => {
    const path = 'libs/prio/src/a.ts';
    mkdirSync(dirname(join(outline, path)), { recursive: true });
    writeFileSync(join(outline, path), 'export function a(b: Promise<void>) {\n  b;\n}\n');
    const codes = runOxlint(outline, '--type-aware').map(({ code }) => code);
    rmSync(join(outline, path));
    expect(codes).toContain('typescript(no-floating-promises)');
  });
});

interface Diagnostic {
  readonly filename: string;
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

/** Runs oxlint in `folder`; it exits with 1 where it finds something. */
function runOxlint(folder: string, ...args: string[]): Diagnostic[] {
  const oxlint = join(repositoryRoot, 'node_modules/oxlint/bin/oxlint');
  let output: string;
  try {
    output = execFileSync(process.execPath, [oxlint, '--format=json', ...args, '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  return (JSON.parse(output) as { diagnostics: Diagnostic[] }).diagnostics;
}
