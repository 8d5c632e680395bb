/**
 * The authority's page as what is sent: its files by their paths, made from `page/` when they are
 * first asked for and kept for as long as no source changes. All but the page itself are named by
 * their contents, so that browsers may keep them for good.
 */

import { readFile } from 'node:fs/promises';

import { bundlePage } from '@priolab/bundle';
import { sha256, toHex } from '@priolab/crypto';

import type { Asset, Assets } from './api/page.ts';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const source = (name: string): URL => new URL(`../page/${name}`, import.meta.url);

/** `/` and `/assets/...`, with all that the page loads. */
export async function pageAssets(): Promise<Assets> {
  const folder = await bundlePage({ page: source('main.tsx'), style: source('style.css') });
  const files = {
    'page.js': new URL('page.js', folder),
    'style.css': new URL('style.css', folder),
    'icon.svg': source('icon.svg'),
  };
  const assets = new Map<string, Asset>();
  let page = await readFile(source('index.html'), 'utf8');
  for (const [name, file] of Object.entries(files)) {
    const bytes = await readFile(file);
    const digest = toHex(sha256(bytes)).slice(0, 12);
    const [stem, extension] = name.split('.') as [string, string];
    const path = `/assets/${stem}-${digest}.${extension}`;
    assets.set(path, { type: TYPES[extension]!, bytes });
    page = page.replace(`{${name}}`, path);
  }
  return assets.set('/', { type: 'text/html; charset=utf-8', bytes: Buffer.from(page) });
}
