/** Bundles: made once, made anew when a source changes, and true to their sources' addresses. */

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';

import { bundle, bundlePage, bundledFiles } from '../src/bundle.js';

const folder = mkdtempSync(join(tmpdir(), 'bundle-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file that was last changed so many seconds ago. */
function write(name: string, text: string, secondsAgo = 60): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  const time = statSync(path).mtimeMs / 1000 - secondsAgo;
  utimesSync(path, time, time);
  return path;
}

async function load(path: string): Promise<Record<string, unknown>> {
  const url = new URL('main.js', await bundle({ main: path }));
  return (await import(/* @vite-ignore */ url.href)) as Record<string, unknown>;
}

test('the same files give the same bundle, without making it again', async () => {
  const path = write('same.ts', 'export const answer: number = 42;');
  const first = await bundle({ main: path });
  expect((await bundle({ main: path })).href).toBe(first.href);
  expect(await load(path)).toMatchObject({ answer: 42 });
});

test('a change in any file that went into it gives another', async () => {
  write('part.ts', 'export const part = 1;');
  const path = write('whole.ts', "export { part } from './part.ts';");
  expect(await load(path)).toMatchObject({ part: 1 });
  write('part.ts', 'export const part = 2;', 30);
  expect(await load(path)).toMatchObject({ part: 2 });
});

test('a bundle knows the files that it was made from, new or found again', async () => {
  const part = write('told-part.ts', 'export const part = 1;');
  const path = write('told.ts', "export { part } from './told-part.ts';");
  const made = await bundle({ main: path });
  expect(bundledFiles(made)).toEqual(expect.arrayContaining([path, part]));
  const found = await bundle({ main: path });
  expect(found.href).toBe(made.href);
  expect(bundledFiles(found)).toEqual(bundledFiles(made));
});

test('a file that changes while it is bundled is not taken for known', async () => {
  const path = write('young.ts', 'export const age = 1;', -60);
  const first = await bundle({ main: path });
  expect((await bundle({ main: path })).href).not.toBe(first.href);
});

test('a file that is gone is an error, not a bundle of before', async () => {
  const path = write('gone.ts', 'export const is = true;');
  await bundle({ main: path });
  rmSync(path);
  await expect(bundle({ main: path })).rejects.toThrow(/gone\.ts/);
});

test('a module has its source’s address', async () => {
  const path = write(
    'address.ts',
    'export const url = import.meta.url, dir = import.meta.dirname;',
  );
  expect(await load(path)).toMatchObject({ url: pathToFileURL(path).href, dir: folder });
});

test('a bundle of the bundler gives addresses like its source', async () => {
  const bundler = join(import.meta.dirname, '../src/bundle.js');
  const { bundle: bundled } = (await load(bundler)) as { bundle: typeof bundle };
  const path = write('inner.ts', 'export const url = import.meta.url, dir = import.meta.dirname;');
  const url = new URL('main.js', await bundled({ main: path }));
  expect(await import(/* @vite-ignore */ url.href)).toMatchObject({
    url: pathToFileURL(path).href,
    dir: folder,
  });
});

test('names with marks are files like any other', async () => {
  mkdirSync(join(folder, "a:b'c"));
  const path = write("a:b'c/it's.ts", 'export const value = [1, import.meta.url];');
  expect(await load(path)).toMatchObject({ value: [1, pathToFileURL(path).href] });
  write("a:b'c/it's.ts", 'export const value = 2;', 30);
  expect(await load(path)).toMatchObject({ value: 2 });
});

test('settings that no module imports are watched too', async () => {
  mkdirSync(join(folder, 'set'));
  const path = write('set/one.ts', 'export const one = 1;');
  write('set/package.json', '{"type": "module"}');
  const first = await bundle({ main: path });
  expect((await bundle({ main: path })).href).toBe(first.href);
  write('set/package.json', '{"type": "module", "sideEffects": false}', 30);
  expect((await bundle({ main: path })).href).not.toBe(first.href);
});

test('a bundle of which a part is gone is made again', async () => {
  const path = write('part-gone.ts', 'export const value = 3;');
  rmSync(new URL('main.js', await bundle({ main: path })));
  expect(await load(path)).toMatchObject({ value: 3 });
});

test('what is provided comes from the process', async () => {
  const path = write(
    'user.ts',
    "import { given } from '@somewhere/else'; export const got = given;",
  );
  Object.assign(globalThis, { [Symbol.for('@somewhere/else')]: { given: folder } });
  const made = await bundle({ main: path }, { provided: { '@somewhere/else': ['given'] } });
  expect(await import(new URL('main.js', made).href)).toMatchObject({ got: folder });
});

test('several entries share one instance of what both import', async () => {
  write('shared.ts', 'export const shared = {};');
  const a = write('a.ts', "export { shared } from './shared.ts';");
  const b = write('b.ts', "export { shared } from './shared.ts';");
  const made = await bundle({ a, b });
  const [one, other] = (await Promise.all(
    ['a.js', 'b.js'].map((name) => import(new URL(name, made).href)),
  )) as { shared: object }[];
  expect(one!.shared).toBe(other!.shared);
});

test('an error of syntax names its place', async () => {
  const path = write('broken.ts', 'export default {');
  const error = (await bundle({ main: path }).catch((reason: unknown) => reason)) as {
    errors: { location: { line: number } }[];
  };
  expect(error.errors[0]!.location.line).toBe(1);
});

test('a bundle for a page is small, has style sheets too, and asks nothing of Node', async () => {
  const module = write('page.ts', 'export const answer: number = 40 + 2;\n// No comment stays.');
  const style = write('page-style.css', 'a {\n  color: #ff0000;\n}\n');
  const entries = { page: module, look: style };
  const made = await bundlePage(entries);
  const text = (name: string): string => readFileSync(new URL(name, made), 'utf8').trim();
  expect(text('page.js')).toMatch(/^var \w=42;export\{\w as answer\};$/);
  expect(text('look.css')).toBe('a{color:red}');
  expect((await bundlePage(entries)).href).toBe(made.href);
  expect((await bundle({ page: module })).href).not.toBe(made.href);
});
