/** Pictures of a run's page for `docs/images`: its head and its charts, on phone and desk. */

import { mkdtemp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { RunSummary } from '@priolab/harness';
import type { Page } from 'playwright-core';

import { renderHtml } from '../../src/pages.ts';
import { findChromium, launch, openTab } from './chromium.ts';

const SIZE_MAX = 300_000;
const LOOKS = [
  { width: 390, colours: 'light' },
  { width: 390, colours: 'dark' },
  { width: 1280, colours: 'light' },
  { width: 1280, colours: 'dark' },
] as const;

/** From one part of the page to another, by its name. */
const VIEWS = {
  report: ['.top', '#flow'],
  'report-charts': ['#machine', '#states'],
} as const;

/** @returns the exit code */
export async function main(
  summary: RunSummary,
  options: { folder: string; replay: string; say: (line: string) => void },
): Promise<number> {
  const { folder, replay, say } = options;
  const executable = findChromium();
  if (executable === undefined) {
    say('no Chromium on the PATH; PRIOLAB_CHROMIUM names one');
    return 2;
  }
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), 'priolab-pictures-'));
  const file = join(scratch, 'report.html');
  await writeFile(file, renderHtml(summary, { replay }));
  const browser = await launch(executable);
  try {
    for (const look of LOOKS) {
      const { page, context } = await openTab(browser, pathToFileURL(file).href, look);
      await page.goto(pathToFileURL(file).href);
      for (const [name, [from, to]] of Object.entries(VIEWS)) {
        const path = join(folder, `${name}-${look.width}-${look.colours}.png`);
        const clip = await partOf(page, from, to);
        await page.screenshot({ path, clip, fullPage: true, animations: 'disabled' });
        const { size } = await stat(path);
        say(`${path}  ${size} bytes`);
        if (size > SIZE_MAX) throw new RangeError(`${path}: expected at most ${SIZE_MAX} bytes`);
      }
      await context.close();
    }
  } finally {
    await browser.close();
    await rm(scratch, { recursive: true });
  }
  return 0;
}

async function partOf(page: Page, from: string, to: string) {
  const [first, last] = [await boxOf(page, from), await boxOf(page, to)];
  const y = Math.max(0, first.y - 8);
  const width = page.viewportSize()!.width;
  return { x: 0, y, width, height: last.y + last.height + 8 - y };
}

async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new RangeError(`the page has no ${selector}`);
  return box;
}
