/**
 * The page as people use it: with a keyboard alone, with a screen reader (as far as axe can tell),
 * on a phone, in the dark, while results come in. No error, no request elsewhere, little weight.
 */

import { readFileSync } from 'node:fs';

import { findChromium, launch, seriousProblems } from '@priolab/vectors/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { pageAssets } from '../../src/index.ts';
import { cellsOf, createStand } from './stand.ts';
import type { Stand } from './stand.ts';
import { visit } from './visit.ts';
import type { Visit, VisitOptions } from './visit.ts';

const chromium = findChromium();
const WEIGHT_MAX = 300_000;
const WIDTHS = [360, 1280] as const;
const COLOURS = ['light', 'dark'] as const;

test('all files of the page together are light', async () => {
  const assets = [...(await pageAssets())];
  expect(assets.map(([path]) => path.replace(/-\w+\./, '.'))).toEqual([
    '/assets/page.js',
    '/assets/style.css',
    '/assets/icon.svg',
    '/',
  ]);
  const weight = assets.reduce((sum, [, { bytes }]) => sum + bytes.length, 0);
  expect(weight).toBeLessThan(WEIGHT_MAX);
  // What we want it to be: three times as much would still be quick.
  expect(weight).toBeLessThan(WEIGHT_MAX / 3);
});

if (chromium === undefined) console.warn('skipped: no Chromium (PRIOLAB_CHROMIUM names one)');

describe.skipIf(chromium === undefined)('the page in a browser', () => {
  let stand: Stand;
  let browser: Browser;
  beforeAll(async () => {
    const aggregations = [
      'PeriodicExposureNotification-v1',
      'histogramMetric-v2',
      'DateExposure-v1',
    ];
    stand = await createStand([
      ...cellsOf({ locality: 'us-wa', days: 14, clients: 6000, aggregations }),
      ...cellsOf({
        locality: 'us-md',
        days: 1,
        clients: 900,
        aggregations: aggregations.slice(0, 1),
      }),
    ]);
    browser = await launch(chromium!);
  });
  afterAll(async () => {
    await browser.close();
    await stand.close();
  });

  /** A visit that must end without a complaint or a request elsewhere. */
  async function visiting(options: VisitOptions, step: (tab: Visit) => Promise<void>) {
    const tab = await visit(browser, stand.url, options);
    await step(tab);
    expect(tab.complaints).toEqual([]);
    expect([...new Set(tab.requests.map(({ url }) => new URL(url).origin))]).toEqual([stand.url]);
    await tab.context.close();
  }

  const isTooWide = (page: Page): Promise<boolean> =>
    page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

  describe.each(WIDTHS)('at a width of %i', (width) => {
    test.each(COLOURS)('axe finds nothing serious, %s', async (colours) => {
      await visiting({ width, colours }, async (tab) => {
        const { page, signIn } = tab;
        expect(await seriousProblems(page)).toEqual([]);
        await signIn(stand.keys.washington);
        // The large one takes axe seconds: once for each colour.
        const metrics = ['notification', ...(width > 1000 ? ['riskParameters'] : [])];
        for (const metric of metrics) {
          await page.getByLabel('Metric').selectOption(metric);
          await page.locator('table.histogram').first().waitFor();
          await page.evaluate(() => {
            for (const one of document.querySelectorAll('details')) one.open = true;
          });
          expect(await seriousProblems(page), metric).toEqual([]);
          expect(await isTooWide(page), metric).toBe(false);
        }
      });
    });

    test('one window is as good as fourteen', async () => {
      await visiting({ width }, async ({ page, signIn }) => {
        await signIn(stand.keys.maryland);
        const chart = page.locator('.time-chart svg[role=img]').first();
        expect((await chart.boundingBox())!.width).toBeGreaterThan(250);
        expect(await chart.locator('.marker').count()).toBe(4);
        expect(await page.locator('input[type=range]').count()).toBe(0);
        expect(await isTooWide(page)).toBe(false);
      });
    });
  });

  test('a keyboard is enough, and shows where it is', async () => {
    await visiting({}, async ({ page }) => {
      const { keyboard } = page;
      const tabTo = async (wanted: string): Promise<void> => {
        for (let stop = 0; stop < 40; stop++) {
          await keyboard.press('Tab');
          const { name, outline } = await page.evaluate(focused);
          expect(outline, name).toBeGreaterThanOrEqual(2);
          if (name.includes(wanted)) return;
        }
        throw new Error(`no way to ${wanted} by Tab`);
      };
      await tabTo('API key');
      await keyboard.type(stand.keys.washington);
      await keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Over time' }).waitFor();
      await tabTo('Vendor');
      await keyboard.press('ArrowDown');
      await expect
        .poll(() => page.locator('article h3').allTextContents())
        .toEqual(['Apple', 'Apple']);
      await tabTo('no notification');
      await keyboard.press('Space');
      await expect.poll(() => page.locator('.readout li').count()).toBe(5);
      await tabTo('Window');
      await keyboard.press('Home');
      expect(await page.locator('.readout strong').textContent()).toBe('1 Dec 2021');
      for (let day = 0; day < 5; day++) await keyboard.press('ArrowRight');
      const said = page.locator('input[type=range]');
      expect(await said.getAttribute('aria-valuetext')).toMatch(/^6 Dec 2021; held: the sum of/);
      await tabTo('Table of this chart');
      await keyboard.press('Enter');
      expect(await page.locator('.plain tbody tr').first().isVisible()).toBe(true);
      await page.evaluate(() => scrollTo(0, 0));
      for (let stop = 0; stop < 40; stop++) {
        await keyboard.press('Shift+Tab');
        if ((await page.evaluate(focused)).name.includes('Sign out')) break;
      }
      await keyboard.press('Enter');
      await page.getByLabel('API key').waitFor();
    });
  });

  test('a window that is published meanwhile appears and is announced', async () => {
    await visiting({}, async ({ page, signIn }) => {
      const [aggregation] = ['PeriodicExposureNotification-v1'];
      const next = cellsOf({
        locality: 'us-md',
        days: 2,
        clients: 900,
        aggregations: [aggregation!],
      });
      await signIn(stand.keys.maryland);
      await page.getByText('Live: new windows appear').waitFor();
      const count = page.locator('.summary div').nth(2).locator('dd');
      expect(await count.textContent()).toBe('2');
      await stand.portal.putResults(next.slice(2));
      await page.getByRole('status').filter({ hasText: '2 new windows' }).waitFor();
      expect(await count.textContent()).toBe('4');
    });
  });

  test('a window that is settled while the stream is being opened is shown', async () => {
    await visiting({}, async ({ page, signIn, requests }) => {
      let settle = (): void => {};
      const settled = new Promise<void>((resolve) => (settle = resolve));
      await page.route('**/events', async (route) => {
        await settled;
        await route.continue();
      });
      await signIn(stand.keys.maryland);
      const count = page.locator('.summary div').nth(2).locator('dd');
      const before = Number(await count.textContent());
      const aggregations = ['PeriodicExposureNotification-v1'];
      const cells = cellsOf({ locality: 'us-md', days: 5, clients: 900, aggregations });
      await stand.portal.putResults(cells.slice(-2));
      expect(requests.filter(({ url }) => url.includes('/results?'))).toHaveLength(1);
      settle();
      await expect.poll(() => count.textContent()).toBe(String(before + 2));
    });
  });

  test.each(['503', 'no network'])(
    '%s at signing in: the key is kept, to try again',
    async (how) => {
      const { page, context } = await visit(browser, stand.url);
      await page.getByLabel('API key').fill(stand.keys.washington);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Over time' }).waitFor();
      await page.route('**/authority', (route) =>
        how === '503' ? route.fulfill({ status: 503, json: { detail: 'busy' } }) : route.abort(),
      );
      await page.reload();
      const said = how === '503' ? 'The portal refused: busy' : 'The portal did not answer';
      await page.getByRole('status').filter({ hasText: said }).waitFor();
      const stored = (): Promise<number> => page.evaluate(() => sessionStorage.length);
      expect(await stored()).toBe(1);
      expect(await seriousProblems(page)).toEqual([]);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('status').filter({ hasText: said }).waitFor();
      await page.unroute('**/authority');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'Over time' }).waitFor();
      await page.route('**/authority', (route) => route.abort());
      await page.reload();
      await page.getByRole('button', { name: 'Forget the key' }).click();
      await page.getByText('The key is forgotten.').waitFor();
      expect(await stored()).toBe(0);
      await context.close();
    },
  );

  test('what is withheld is named, what is negative is shown', async () => {
    await visiting({}, async ({ page, signIn }) => {
      await signIn(stand.keys.washington);
      const withheld = page.locator('table.withheld');
      expect(await withheld.getByRole('row').allTextContents()).toEqual([
        'Windows (UTC)VendorWhy',
        expect.stringMatching(/^6 Dec 2021Appleheld: the sum of the second processor/),
        expect.stringMatching(/^10 Dec 2021Googlesuppressed: fewer/),
      ]);
      await page.getByLabel('Metric').selectOption('dateExposure');
      await page.getByText('Choose lines').click();
      await page.getByLabel('class 4, 11 or more days').check();
      await page.getByText('Table of this chart').first().click();
      // Nobody is in this bin: about half of its estimates are negative.
      const figures = page.locator('.plain').first().locator('tbody td:last-child');
      await expect
        .poll(() => figures.allTextContents())
        .toContainEqual(expect.stringMatching(/^\u2212\d/));
    });
  });

  test('the download is what the API gives, fetched without the key in an address', async () => {
    await visiting({}, async ({ page, signIn }) => {
      await signIn(stand.keys.washington);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download CSV' }).click(),
      ]);
      expect(download.url()).toMatch(/^blob:/);
      expect(download.suggestedFilename()).toBe('notification-us-wa.csv');
      const lines = readFileSync(await download.path(), 'utf8')
        .trim()
        .split(/\r?\n/);
      // A row a bin, and one for each window without figures.
      expect(lines.length).toBeGreaterThan(26 * 5);
      expect(lines[0]).toContain('aggregation_id');
    });
  });

  test('a period narrows what is fetched; nothing in it is said', async () => {
    await visiting({}, async ({ page, signIn, requests }) => {
      await signIn(stand.keys.washington);
      await page.getByLabel('From', { exact: true }).fill('2021-12-12');
      const published = page.locator('.summary div').nth(2).locator('dd');
      await expect.poll(() => published.textContent()).toBe('6');
      expect(requests.some(({ url }) => url.includes('start_date=2021-12-12'))).toBe(true);
      await page.getByLabel('From', { exact: true }).fill('2022-01-12');
      await page.getByText('No windows in this period.').waitFor();
    });
  });
});

/** What has the focus, by its name for people, and how thick its outline is. */
function focused(): { name: string; outline: number } {
  const element = document.activeElement as HTMLElement;
  const labels = 'labels' in element ? [...((element.labels as NodeList | null) ?? [])] : [];
  const name = [...labels.map((label) => label.textContent), element.textContent, element.tagName];
  // A radio button is drawn by its label.
  const drawn = element.matches('.segments input') ? element.nextElementSibling! : element;
  const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
  return { name: name.join(' '), outline: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth) };
}
