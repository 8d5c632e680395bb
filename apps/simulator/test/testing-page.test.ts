/** docs/TESTING.md, done as it says: a project beside a clone, its tests, and a red one again. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { createCli, scenarios } from './fixture.ts';

const clone = dirname(scenarios);
const page = readFileSync(join(clone, 'docs/TESTING.md'), 'utf8');
const project = mkdtempSync(join(tmpdir(), 'priolab-project-'));
const { folder, priolab } = createCli();
afterAll(() => {
  for (const one of [project, folder]) rmSync(one, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

test('its files make a project whose tests run, and whose red test is repeated', () => {
  const files = [...page.matchAll(/^```\w+\n(?:\/\/|#) (\S+)\n([^]*?)^```$/gm)];
  expect(files).toHaveLength(3);
  for (const [, path, text] of files) {
    // The page's own check is green: with another number it is red, and says so.
    write(path!, text!.replace('.published).toBe(2)', '.published).toBe(3)'));
  }
  write('package.json', '{ "type": "module" }');
  symlinkSync(clone, join(project, 'priolab'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(join(clone, 'node_modules/vitest'), join(project, 'node_modules/vitest'));
  const vitest = join(project, 'node_modules/vitest/vitest.mjs');
  // Nx sets FORCE_COLOR.
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, TMPDIR: project };
  const { stdout, stderr } = spawnSync(process.execPath, [vitest, 'run'], {
    cwd: project,
    env,
    encoding: 'utf8',
  });
  const out = stdout + stderr;
  expect(out).toMatch(/Tests +1 failed \| 1 passed/);
  expect(out).toContain('got it, but its check failed');
  expect(out).toContain('check: expected 2 to be 3');
  const [, capsule] = /repeat this run: npx priolab replay (\S+)/.exec(out)!;
  expect(priolab('replay', capsule!, '--workers', '0').out).toMatch(/^SAME as the capsule/m);
});
