/**
 * The page of a run of a million reports as people use it: from a file, without a network, at once,
 * on a phone and a desk, in light and dark, by keyboard, without a script, on paper.
 *
 * Its record only has the shape of such a run. Where PRIOLAB_RUN names the folder of a real run,
 * the page that this one has written is visited instead (`npm run reporting`).
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { RunSummary } from '@priolab/harness';
import { findChromium, launch, seriousProblems } from '@priolab/vectors/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { renderHtml } from '../../src/pages.ts';
import { HOSTILE, REPLAY, hostileRun } from '../fixture.ts';
import { faultyRun, largeRun } from '../html/runs.ts';
import { openTab } from './tab.ts';
import type { Look, Tab } from './tab.ts';

const chromium = findChromium();
/** Axe looks at thousands of elements. */
const AXE_TIMEOUT_MS = 180_000;
const INTERACTIVE_MS = 2000;
const SIZE_MAX = 3_000_000;
const REAL_RUN = process.env['PRIOLAB_RUN'];
const CAPSULE = '{"format":"priolab-capsule/1"}';
/** Of the folder that a run has left. */
const readRecord = (folder: string): RunSummary =>
  JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as RunSummary;
const WIDTHS = [390, 1280] as const;
const COLOURS = ['light', 'dark'] as const;

describe.skipIf(chromium === undefined)('the page in a browser', () => {
  let folder: string;
  let browser: Browser;
  const large = REAL_RUN === undefined ? largeRun() : readRecord(REAL_RUN);
  const states = [...new Set(large.cells.map(({ state }) => state))].sort();
  const urls = { large: '', faulty: '', hostile: '' };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'priolab-report-'));
    const runs = { large, faulty: faultyRun(), hostile: hostileRun() };
    for (const [name, summary] of Object.entries(runs) as [keyof typeof urls, RunSummary][]) {
      const path = join(folder, `${name}.html`);
      const foreign = name === 'hostile';
      const repeat = foreign ? { replay: HOSTILE, capsule: HOSTILE } : { replay: REPLAY };
      writeFileSync(path, renderHtml(summary, { capsule: CAPSULE, ...repeat }));
      urls[name] = pathToFileURL(path).href;
    }
    if (REAL_RUN !== undefined) urls.large = pathToFileURL(join(REAL_RUN, 'report.html')).href;
    browser = await launch(chromium!);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** A visit that must end without a complaint or a request. */
  async function visiting(name: keyof typeof urls, look: Look, step: (tab: Tab) => Promise<void>) {
    const tab = await openTab(browser, urls[name], look);
    await tab.page.goto(urls[name], { waitUntil: 'domcontentloaded' });
    await step(tab);
    expect(tab.complaints).toEqual([]);
    expect(tab.requests).toEqual([]);
    await tab.context.close();
  }

  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const openAll = (page: Page): Promise<void> =>
    page.evaluate(() => {
      for (const one of document.querySelectorAll('details')) one.open = true;
    });

  test('a million reports: one file below 3 MB that refers to nothing else', () => {
    const html = readFileSync(fileURLToPath(urls.large), 'utf8');
    expect(Buffer.byteLength(html)).toBeLessThan(SIZE_MAX);
    expect(html).not.toMatch(/https?:|<link|<img|<iframe|\bsrc=|\burl\(|@import|srcset/);
  });

  test('a million reports: the first choice is answered within two seconds', async () => {
    const tab = await openTab(browser, urls.large);
    const { page, context } = tab;
    const protocol = await context.newCDPSession(page);
    await protocol.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(urls.large, { waitUntil: 'commit' });
    await page.locator('#state').selectOption(states[3]!);
    // What the page keeps its thread busy, so that a machine that does other things is no matter.
    const { metrics } = await protocol.send('Performance.getMetrics');
    const answeredMs = 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value;
    const shown = await page.locator('.matrix tbody tr:not([hidden])').count();
    expect(shown).toBe(1);
    expect(answeredMs).toBeGreaterThan(0);
    expect(answeredMs).toBeLessThan(INTERACTIVE_MS);
    expect(await page.locator('.card:visible').count()).toBe(1);
    expect(await page.locator('#said').textContent()).toMatch(/^\d+ of \d+ rows and cards shown$/);
    await page.locator('#state').selectOption('');
    expect(await page.locator('.matrix tbody tr:visible').count()).toBe(states.length);
    expect(tab.requests).toEqual([]);
    await tab.context.close();
  });

  describe.each(WIDTHS)('at a width of %i', (width) => {
    const looks = COLOURS.flatMap((colours) => [
      { colours, name: 'faulty' as const },
      { colours, name: 'large' as const },
    ]);
    test.each(looks)(
      'axe finds nothing serious: $name, $colours',
      async ({ name, colours }) => {
        await visiting(name, { width, colours }, async ({ page }) => {
          // All that can be opened, once: what is in it depends neither on colours nor on width.
          const isOpened = name === 'faulty' && colours === 'dark' && width > 1000;
          if (isOpened) await openAll(page);
          expect(await seriousProblems(page)).toEqual([]);
          await openAll(page);
          expect(await overflow(page)).toBe(0);
        });
      },
      AXE_TIMEOUT_MS,
    );

    test('foreign text does nothing and moves nothing', async () => {
      await visiting('hostile', { width }, async ({ page }) => {
        await openAll(page);
        expect(await overflow(page)).toBe(0);
        expect(await page.locator('script').count()).toBe(2);
        expect(await page.locator('main > header h1').textContent()).toContain('<&>"\' ]]>');
        expect(await seriousProblems(page)).toEqual([]);
      });
    });

    test('all can be read without a script', async () => {
      await visiting('faulty', { width, javaScriptEnabled: false }, async ({ page }) => {
        expect(await page.locator('.controls').isVisible()).toBe(false);
        expect(await page.locator('.readout:visible').count()).toBe(0);
        await page.getByText('Table: Throughput').click();
        expect(await page.locator('.moments:visible tbody tr').count()).toBe(60);
      });
    });
  });

  test('a network is out of reach, even for a script that got in', async () => {
    const tab = await openTab(browser, urls.large);
    await tab.page.goto(urls.large);
    const reached = await tab.page.evaluate(() =>
      fetch('http://127.0.0.1:9/').then(
        () => 'reached',
        () => 'refused',
      ),
    );
    expect(reached).toBe('refused');
    expect(tab.complaints.join()).toContain('Content Security Policy');
    const ran = await tab.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.intruder = 1';
      document.body.append(script);
      return 'intruder' in window;
    });
    expect(ran).toBe(false);
    await tab.context.close();
  });

  test('a table sorts by its heads, both ways, and says so', async () => {
    await visiting('large', {}, async ({ page }) => {
      const table = page.locator('.metric[open] table');
      const head = table.getByRole('button', { name: 'Estimate' });
      const column = async (): Promise<number[]> => {
        const cells = await table.locator('tbody tr td:nth-child(5)').allTextContents();
        return cells.map((text) => Number(text.replaceAll(',', '')));
      };
      const before = await column();
      await head.click();
      expect(await column()).toEqual(before.toSorted((a, b) => b - a));
      await head.click();
      expect(await column()).toEqual(before.toSorted((a, b) => a - b));
      expect(await column()).not.toEqual(before);
      expect(await table.locator('th[aria-sort=ascending]').textContent()).toBe('Estimate');
      expect(await page.locator('#said').textContent()).toContain('sorted by Estimate');
    });
  });

  test('by keyboard: a moment of a chart, a card of a state', async () => {
    await visiting('faulty', {}, async ({ page }) => {
      const slider = page.getByLabel('Moment of: Throughput');
      await slider.focus();
      await page.keyboard.press('Home');
      const first = await slider.getAttribute('aria-valuetext');
      await page.keyboard.press('ArrowRight');
      expect(await slider.getAttribute('aria-valuetext')).not.toBe(first);
      expect(first).toMatch(/^[\d.]+ s: [\d,]+$/);
      const [card, next] = [page.locator('.card').nth(0), page.locator('.card').nth(1)];
      await card.focus();
      expect(await page.locator('#tip').textContent()).toMatch(
        /^us-ct: bin 0: truth \d+, estimate/,
      );
      await page.keyboard.press('ArrowRight');
      expect(await next.evaluate((one) => one === document.activeElement)).toBe(true);
      expect(await page.locator('#tip').textContent()).toMatch(/^us-wa: /);
      await page.keyboard.press('Escape');
      expect(await page.locator('#tip').isVisible()).toBe(false);
    });
  });

  test('colours are the reader’s choice', async () => {
    await visiting('faulty', { colours: 'light' }, async ({ page }) => {
      const back = (): Promise<string> =>
        page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await back();
      await page.getByText('Dark', { exact: true }).click();
      expect(await back()).not.toBe(light);
      await page.reload();
      expect(await back()).not.toBe(light);
      await page.getByText('Auto', { exact: true }).click();
      expect(await back()).toBe(light);
    });
  });

  test('the capsule and the record can be saved as they were', async () => {
    await visiting('faulty', {}, async ({ page }) => {
      const save = async (press: () => Promise<void>): Promise<[string, string]> => {
        const [download] = await Promise.all([page.waitForEvent('download'), press()]);
        return [download.suggestedFilename(), readFileSync(await download.path(), 'utf8')];
      };
      const capsule = await save(() => page.getByText('Save capsule.json').click());
      expect(capsule).toEqual(['capsule.json', CAPSULE]);
    });
    await visiting('faulty', {}, async ({ page }) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByText('Save summary.json').click(),
      ]);
      const saved = JSON.parse(readFileSync(await download.path(), 'utf8')) as unknown;
      expect(saved).toEqual(JSON.parse(JSON.stringify(faultyRun())));
    });
  });

  test('on paper it is light, whole and without controls', async () => {
    // As wide as A4 with margins of 1 cm.
    await visiting('faulty', { colours: 'dark', width: 718 }, async ({ page }) => {
      await page.emulateMedia({ media: 'print' });
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      expect(await overflow(page)).toBe(0);
      expect(await page.locator('.controls').isVisible()).toBe(false);
      expect(await page.locator('details.metric:not([open])').count()).toBe(0);
      const back = await page.evaluate(
        () => getComputedStyle(document.documentElement).backgroundColor,
      );
      expect(back).toBe('rgb(255, 255, 255)');
      expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    });
  });
});
