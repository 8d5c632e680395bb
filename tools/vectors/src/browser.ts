/**
 * `./browser`: the Chromium in which tests look at pages, for all projects that have pages, and
 * what axe says of one. Where there is none, tests are skipped and say so.
 */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

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
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--font-render-hinting=none'],
    // Pages in the browser's history shall be as alive as with people.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
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
