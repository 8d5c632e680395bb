/**
 * Pictures of pages for `docs/images`, on phone and desk, light and dark: a run's head and charts,
 * a comparison's card, a grid's plots.
 */

import { mkdtemp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { RunSummary, ScaleRecord } from '@priolab/harness';
import { findChromium, launch } from '@priolab/vectors/browser';
import type { Browser, Page } from 'playwright-core';

import { renderHtml, renderScaleHtml } from '../../src/pages.ts';
import { openTab } from './tab.ts';

const SIZE_MAX = 350_000;
/** Of a picture of a whole page, in CSS pixels: what is below is more of the same. */
const HEIGHT_MAX = 2000;
const LOOKS = [
  { width: 390, colours: 'light' },
  { width: 390, colours: 'dark' },
  { width: 1280, colours: 'light' },
  { width: 1280, colours: 'dark' },
] as const;

export interface Subject {
  /** Of its pictures, with width and colours: `report-390-dark.png`. */
  readonly name: string;
  readonly html: string;
  /** From one element to another, by selectors; else from the top. */
  readonly part?: readonly [from: string, to: string];
}

export function reportSubjects(summary: RunSummary, replay: string): Subject[] {
  const html = renderHtml(summary, { replay });
  return [
    { name: 'report', html, part: ['.top', '#flow'] },
    { name: 'report-charts', html, part: ['#machine', '#states'] },
  ];
}

export function scaleSubjects(record: ScaleRecord): Subject[] {
  return [{ name: 'scale', html: renderScaleHtml(record) }];
}

/** @returns the exit code */
export async function takePictures(
  subjects: readonly Subject[],
  { folder, say }: { folder: string; say: (line: string) => void },
): Promise<number> {
  const executable = findChromium();
  if (executable === undefined) {
    say('no Chromium on the PATH; PRIOLAB_CHROMIUM names one');
    return 2;
  }
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), 'priolab-pictures-'));
  const browser = await launch(executable);
  try {
    for (const subject of subjects) {
      const file = join(scratch, 'page.html');
      await writeFile(file, subject.html);
      for (const look of LOOKS) {
        const path = join(folder, `${subject.name}-${look.width}-${look.colours}.png`);
        await picture(browser, { ...subject, ...look, url: pathToFileURL(file).href, path });
        const { size } = await stat(path);
        say(`${path}  ${size} bytes`);
        if (size > SIZE_MAX) throw new RangeError(`${path}: expected at most ${SIZE_MAX} bytes`);
      }
    }
  } finally {
    await browser.close();
    await rm(scratch, { recursive: true });
  }
  return 0;
}

interface Picture extends Subject {
  readonly width: number;
  readonly colours: 'light' | 'dark';
  readonly url: string;
  readonly path: string;
}

async function picture(browser: Browser, { url, path, part, ...look }: Picture): Promise<void> {
  const { page, context } = await openTab(browser, url, look);
  await page.goto(url);
  const clip = part === undefined ? await topOf(page) : await partOf(page, ...part);
  await page.screenshot({ path, clip, fullPage: true, animations: 'disabled' });
  await context.close();
}

/** Down to the end of the last part of `main` that fits. */
async function topOf(page: Page) {
  const ends = await page
    .locator('main > *')
    .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().bottom + 8));
  const height = Math.max(...ends.filter((end) => end <= HEIGHT_MAX));
  return { x: 0, y: 0, width: page.viewportSize()!.width, height };
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
