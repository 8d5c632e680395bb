/** Pages from files in a real browser, and what axe says of them: for tests and for pictures. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Chromium as PRIOLAB_CHROMIUM names it, or on the PATH. */
export function findChromium(): string | undefined {
  const named = process.env['PRIOLAB_CHROMIUM'];
  if (named !== undefined) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

export function launch(executablePath: string): Promise<Browser> {
  const args = ['--no-sandbox', '--font-render-hinting=none'];
  return chromium.launch({ executablePath, args });
}

export interface Look {
  readonly width?: number;
  readonly colours?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
}

export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the console, and exceptions. */
  readonly complaints: string[];
  /** Addresses that the page asked for, its own aside. */
  readonly requests: string[];
}

/** A tab that shows nothing yet. */
export async function openTab(browser: Browser, url: string, look: Look = {}): Promise<Tab> {
  const { width = 1280, colours = 'light', javaScriptEnabled = true } = look;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: colours,
    reducedMotion: 'reduce',
    javaScriptEnabled,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  return { page, context, complaints, requests };
}

/** Violations alone: to list whatever is right takes axe many times as long. */
const RUN_AXE = "axe.run(document, { resultTypes: ['violations'], preload: false })";

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** Serious and critical ones of axe's rules. */
export async function seriousProblems(page: Page): Promise<string[]> {
  const file = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  await page.evaluate(readFileSync(file, 'utf8'));
  const { violations } = (await page.evaluate(RUN_AXE)) as AxeResult;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
}
