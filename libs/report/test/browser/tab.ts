/** A page from a file in a tab of its own, and what the browser said and asked for meanwhile. */

import type { Browser, BrowserContext, Page } from 'playwright-core';

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
