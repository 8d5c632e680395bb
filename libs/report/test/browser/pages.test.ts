/**
 * The pages of a comparison and of a grid as people use them: from a file, without a network, on a
 * phone and a desk, in light and dark, on paper. That of a run: `report.test.ts`.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { findChromium, launch, seriousProblems } from '@priolab/vectors/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { renderCardHtml, renderScaleHtml } from '../../src/pages.ts';
import { comparisonWith, hostileComparison } from '../comparison-fixture.ts';
import { HOSTILE } from '../fixture.ts';
import { hostileScale, scaleWith } from '../scale-fixture.ts';
import { openTab } from './tab.ts';
import type { Look } from './tab.ts';

const chromium = findChromium();
const AXE_TIMEOUT_MS = 120_000;
const id = `${HOSTILE}</title></style><img src=x onerror=document.title='obeyed'>`;
const hostileArm = { ...hostileComparison().a, id };
const hostile = hostileScale();

const PAGES = {
  comparison: renderCardHtml(comparisonWith()),
  scale: renderScaleHtml(scaleWith()),
  'hostile comparison': renderCardHtml(comparisonWith({ ...hostileComparison(), a: hostileArm })),
  'hostile scale': renderScaleHtml({ ...hostile, scenario: { ...hostile.scenario, id } }),
} as const;
type Name = keyof typeof PAGES;

/** What each page is asked for. */
const ANSWERS = {
  comparison: ['b is better in some things and worse in others', 'x 4 (2.50 to no limit)'],
  scale: ['200 us', '2 billion, 2 workers', '50.0 to 61.1, extrapolated'],
} as const;

const LOOKS = ([390, 1280] as const).flatMap((width) =>
  (['light', 'dark'] as const).flatMap((colours) =>
    (['comparison', 'scale'] as const).map((name) => ({ width, colours, name })),
  ),
);

describe.skipIf(chromium === undefined)('pages in a browser', () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'priolab-pages-'));
    browser = await launch(chromium!);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** A visit that must end without a complaint or a request. */
  async function visiting(name: Name, look: Look, step: (page: Page) => Promise<void>) {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, PAGES[name]);
    const url = pathToFileURL(path).href;
    const { page, context, complaints, requests } = await openTab(browser, url, look);
    await page.goto(url);
    await step(page);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await context.close();
  }

  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  const swiped = (page: Page): Promise<number> =>
    page.evaluate(
      () =>
        [...document.querySelectorAll('.scrolls')].filter(
          ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth,
        ).length,
    );

  /** Parts of pictures whose text leaves the picture, or lies on another text of it. */
  const crowded = (page: Page): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('svg')].flatMap((svg) => {
        const frame = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll('text')].map((text) => {
          return { text: text.textContent ?? '', box: text.getBoundingClientRect() };
        });
        return texts.flatMap(({ text, box }, i) => [
          ...(box.left < frame.left - 1 || box.right > frame.right + 1 ? [`${text} outside`] : []),
          ...texts
            .slice(i + 1)
            .filter(
              ({ box: other }) =>
                box.left < other.right &&
                other.left < box.right &&
                box.top + 3 < other.bottom &&
                other.top + 3 < box.bottom,
            )
            .map((other) => `${text} on ${other.text}`),
        ]);
      }),
    );

  test.each(LOOKS)(
    '$name, $width wide, $colours: the answer is there, and nothing is in the way',
    async ({ name, width, colours }) => {
      await visiting(name, { width, colours }, async (page) => {
        expect(await overflow(page)).toBe(0);
        expect(await crowded(page)).toEqual([]);
        // Tables of a phone's width: what has to be swiped is not seen.
        expect(await swiped(page)).toBe(0);
        for (const answer of ANSWERS[name]) {
          expect(await page.getByText(answer).first().isVisible()).toBe(true);
        }
        expect(await seriousProblems(page)).toEqual([]);
      });
    },
    AXE_TIMEOUT_MS,
  );

  test('colours are those of the reader', async () => {
    for (const name of ['comparison', 'scale'] as const) {
      const backs: string[] = [];
      for (const colours of ['light', 'dark'] as const) {
        await visiting(name, { colours }, async (page) => {
          const back = () => getComputedStyle(document.documentElement).backgroundColor;
          backs.push(await page.evaluate(back));
        });
      }
      expect(backs[0]).not.toBe(backs[1]);
    }
  });

  test.each(['hostile comparison', 'hostile scale'] as const)(
    '%s: foreign text does nothing and moves nothing',
    async (name) => {
      for (const width of [390, 1280]) {
        await visiting(name, { width }, async (page) => {
          expect(await overflow(page)).toBe(0);
          expect(await page.locator('script, img').count()).toBe(0);
          expect(await page.title()).toContain('\\x1b[31mred');
          expect(await page.title()).toContain('<img src=x onerror=');
        });
      }
    },
  );

  test.each(['comparison', 'scale'] as const)('%s on paper: light, nothing cut', async (name) => {
    await visiting(name, { width: 720, colours: 'dark' }, async (page) => {
      await page.emulateMedia({ media: 'print' });
      const back = () => getComputedStyle(document.documentElement).backgroundColor;
      expect(await page.evaluate(back)).toBe('rgb(255, 255, 255)');
      expect(await overflow(page)).toBe(0);
    });
  });
});
