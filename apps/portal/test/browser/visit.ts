/** A visit to the page: a tab of its own, and all that the browser said and asked for meanwhile. */

import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the console, and exceptions. */
  readonly complaints: string[];
  readonly requests: { readonly url: string; readonly headers: Record<string, string> }[];
  /** Texts of what the API answered. */
  readonly answers: string[];
  signIn(key: string): Promise<void>;
}

export interface VisitOptions {
  readonly width?: number;
  readonly colours?: 'light' | 'dark';
}

export async function visit(
  browser: Browser,
  url: string,
  { width = 1280, colours = 'light' }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: colours,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  const requests: Visit['requests'] = [];
  const answers: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    requests.push({ url: request.url(), headers: request.headers() });
  });
  page.on('response', (response) => {
    if (!/\/api\/.*\/(?:authority|results)/.test(response.url())) return;
    // A body that the page gave up is no answer that anybody saw.
    response.text().then(
      (text) => answers.push(text),
      () => {},
    );
  });
  await page.goto(url);
  return {
    page,
    context,
    complaints,
    requests,
    answers,
    async signIn(key) {
      await page.getByLabel('API key').fill(key);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Over time' }).waitFor();
    },
  };
}
