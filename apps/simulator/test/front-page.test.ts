/**
 * docs/README.md, done as it says: every command runs and ends as the page says, its outputs are
 * what comes out, and it leads to every other page.
 */

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { explainTerm } from '@priolab/harness';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createCli, scenarios } from './fixture.ts';

const docs = join(scenarios, '../docs');
const page = readFileSync(join(docs, 'README.md'), 'utf8');
const { folder } = createCli();
const bin = join(import.meta.dirname, '../bin/priolab.js');
const shims = join(folder, 'shims');
afterAll(() => rmSync(folder, { recursive: true }));

// A clone as far as these commands can tell, and an `npx` that starts this priolab.
beforeAll(() => {
  cpSync(scenarios, join(folder, 'scenarios'), { recursive: true });
  mkdirSync(shims);
  const shim = `#!/bin/sh\nshift\nexec '${process.execPath}' '${bin}' "$@"\n`;
  writeFileSync(join(shims, 'npx'), shim, { mode: 0o755 });
});

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

function sh(line: string): { code: number | null; out: string } {
  const PATH = `${shims}${delimiter}${process.env['PATH']}`;
  // Nx sets FORCE_COLOR.
  const env = { ...process.env, PATH, NO_COLOR: '1', FORCE_COLOR: undefined, CI: '1' };
  const { status, stdout } = spawnSync('sh', ['-c', line], { cwd: folder, env, encoding: 'utf8' });
  return { code: status, out: stdout };
}

/** The blocks of a section in their order: files to save, commands to run, what comes out. */
function followSection(text: string): { commands: string[]; out: string; shown: string[] } {
  const commands: string[] = [];
  const shown: string[] = [];
  let out = '';
  for (const [, kind, block] of text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)) {
    if (kind === 'yaml') writeFileSync(join(folder, /^# (\S+)\n/.exec(block!)![1]!), block!);
    else if (kind === 'sh') {
      for (const line of block!.trim().split('\n')) {
        const done = sh(line);
        expect(done.code, line).toBe(Number(/# exit code (\d+)$/.exec(line)?.[1] ?? 0));
        commands.push(line);
        out += done.out;
      }
    } else shown.push(...block!.split(/\n|\.\.\./).map(inOneLine));
  }
  return { commands, out: inOneLine(out), shown: shown.filter((piece) => piece !== '') };
}

const sections = page.split(/^## /m).slice(1);

describe('each of the three', () => {
  test.each(['Research', 'CI', 'The protocol'])(
    '%s',
    (title) => {
      const section = sections.find((one) => one.startsWith(`${title}\n`))!;
      const { commands, out, shown } = followSection(section);
      expect(commands.length).toBeGreaterThanOrEqual(3);
      for (const piece of shown) expect(out).toContain(piece);
      // California's row: bin, truth, estimate, error, std.err.
      const [, first] = /std\.err of ([\d.]+) codes/.exec(section) ?? [];
      const [, second] = /std\.err is ([\d.]+) now/.exec(inOneLine(section)) ?? [];
      const rows = [...out.matchAll(/us-ca CodeVerified-v1 [\d,]+ \d+ \S+ \S+ \S+ ([\d.]+)/g)];
      expect(rows.map(([, error]) => error)).toEqual(title === 'Research' ? [first, second] : []);
    },
    300_000,
  );
});

describe('the page', () => {
  const links = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, to]) => to!);

  test('leads to every other page, and nowhere else', () => {
    const pages = readdirSync(docs).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(pages.length).toBeGreaterThan(7);
    for (const name of [...pages, 'faults/README.md', 'decisions', '../scenarios/README.md']) {
      expect(links).toContain(name);
    }
    for (const link of links) expect(existsSync(join(docs, link)), link).toBe(true);
  });

  test('is where the README of the repository says to begin', () => {
    const readme = readFileSync(join(dirname(docs), 'README.md'), 'utf8');
    expect(readme).toContain('(docs/README.md)');
  });

  test('names code that is there, and words that are explained', () => {
    for (const [, file] of page.matchAll(/`(libs\/\S+\.ts)`/g)) {
      expect(existsSync(join(dirname(docs), file!)), file).toBe(true);
    }
    const words = [...page.matchAll(/priolab explain ([\w.-]+)/g)].map(([, word]) => word!);
    expect(words.length).toBeGreaterThan(2);
    for (const word of words) expect(explainTerm(word), word).toBeDefined();
  });

  test('commands within its text are commands that there are', () => {
    const said = [...page.matchAll(/`npx priolab (\w+)/g)].map(([, command]) => command!);
    expect(said.length).toBeGreaterThan(3);
    for (const command of new Set(said)) expect(sh(`npx priolab ${command} --help`).code).toBe(0);
  });
});
