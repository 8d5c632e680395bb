/**
 * Reads which project may import which from the three places that say so: the lint configuration
 * (which is the table), each project's package.json and its tsconfig.json. The test holds them
 * against each other.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repositoryRoot } from './files.ts';

/** A workspace project and what it says it uses; the lists hold names without `@priolab/`. */
export interface Project {
  /** `libs/prio`. */
  readonly folder: string;
  /** `prio`. */
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Packages from elsewhere that its `src` may import. */
  readonly foreignDependencies: readonly string[];
  readonly foreignDevDependencies: readonly string[];
  /** The projects that its tsconfig.json refers to. */
  readonly references: readonly string[];
}

const SCOPE = '@priolab/';

/** The projects below `libs/` and `apps/`, whose imports the table rules. */
export function readProjects(root = repositoryRoot): Project[] {
  return ['libs', 'apps'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => `${group}/${name}`)
      .filter((folder) => existsSync(join(root, folder, 'package.json')))
      .map((folder) => readProject(root, folder)),
  );
}

function readProject(root: string, folder: string): Project {
  const manifest = readJson(join(root, folder, 'package.json')) as {
    readonly dependencies?: Record<string, string>;
    readonly devDependencies?: Record<string, string>;
  };
  const tsconfig = readJson(join(root, folder, 'tsconfig.json')) as {
    readonly references: readonly { readonly path: string }[];
  };
  const dependencies = Object.keys(manifest.dependencies ?? {}).sort();
  const devDependencies = Object.keys(manifest.devDependencies ?? {}).sort();
  return {
    folder,
    name: basename(folder),
    dependencies: ownNames(dependencies),
    devDependencies: ownNames(devDependencies),
    foreignDependencies: dependencies.filter((name) => !name.startsWith(SCOPE)),
    foreignDevDependencies: devDependencies.filter((name) => !name.startsWith(SCOPE)),
    references: tsconfig.references
      // A part of its own, such as a page, is no other project.
      .filter(({ path }) => path.startsWith('..'))
      .map(({ path }) => basename(path))
      .sort(),
  };
}

/** The table: for each project's folder, which projects lint lets its `src` import, sorted. */
export function readLintTable(root = repositoryRoot): Map<string, string[]> {
  const { overrides } = readJson(join(root, '.oxlintrc.json')) as {
    readonly overrides: readonly LintOverride[];
  };
  const table = new Map<string, string[]>();
  for (const { files, rules } of overrides) {
    const group = rules['no-restricted-imports']?.[1].patterns[0]?.group ?? [];
    const allowed = group
      .filter((pattern) => pattern.startsWith(`!${SCOPE}`))
      .map((pattern) => pattern.slice(1 + SCOPE.length));
    for (const glob of files) {
      const folder = /^((?:libs|apps)\/[\w-]+)\/src\//.exec(glob)?.[1];
      if (folder !== undefined) table.set(folder, allowed.sort());
    }
  }
  return table;
}

interface LintOverride {
  readonly files: readonly string[];
  readonly rules: {
    readonly 'no-restricted-imports'?: readonly [
      severity: string,
      options: { readonly patterns: readonly { readonly group?: readonly string[] }[] },
    ];
  };
}

const IMPORT =
  /(?:^import|^(?:import|export|\}).*\bfrom)\s+'([^'.][^']*)'|\bimport\('([^'.][^']*)'\)/gm;

/** The packages and `node:` modules that `text` imports: `@priolab/prio`, `zod`, `node:fs`. */
export function importedPackages(text: string): string[] {
  const specifiers = text.matchAll(IMPORT);
  const packages = [...specifiers].map(([, ...found]) => {
    const parts = (found.find((name) => name !== undefined) as string).split('/');
    return parts.slice(0, parts[0]?.startsWith('@') ? 2 : 1).join('/');
  });
  return [...new Set(packages)];
}

function ownNames(names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith(SCOPE)).map((name) => name.slice(SCOPE.length));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
