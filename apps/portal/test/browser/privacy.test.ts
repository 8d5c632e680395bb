/**
 * An authority sees its own numbers and no other's, whatever is done to the page: another address,
 * another's place with one's own key, the history, a cache, what signing out leaves behind.
 */

import { findChromium, launch } from '@priolab/vectors/browser';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { cellsOf, createStand } from './stand.ts';
import type { Stand } from './stand.ts';
import { visit } from './visit.ts';
import type { Visit } from './visit.ts';

const chromium = findChromium();
/** Contributions of a window, as the page writes them: they say whose results are shown. */
const WASHINGTONS = '31,117';
const MARYLANDS = '74,239';

if (chromium === undefined) console.warn('skipped: no Chromium (PRIOLAB_CHROMIUM names one)');

describe.skipIf(chromium === undefined)('the page in a browser', () => {
  let stand: Stand;
  let browser: Browser;
  beforeAll(async () => {
    const aggregations = ['PeriodicExposureNotification-v1', 'DateExposure-v1'];
    stand = await createStand([
      ...cellsOf({ locality: 'us-wa', days: 3, clients: 31_117, aggregations }),
      ...cellsOf({ locality: 'us-md', days: 3, clients: 74_239, aggregations }),
    ]);
    browser = await launch(chromium!);
  });
  afterAll(async () => {
    await browser.close();
    await stand.close();
  });

  const shown = async ({ page }: Visit): Promise<string> => page.locator('html').innerHTML();

  async function expectOwn(tab: Visit, own: string, other: string): Promise<void> {
    await expect.poll(() => shown(tab)).toContain(own);
    expect(await shown(tab)).not.toContain(other);
  }

  test('an address that asks for another’s place shows one’s own, and says so', async () => {
    const tab = await visit(browser, `${stand.url}/?place=US-MD&dataset=notification`);
    await tab.signIn(stand.keys.washington);
    await expectOwn(tab, WASHINGTONS, MARYLANDS);
    expect(await tab.page.getByRole('alert').textContent()).toContain('not yours');
    for (const answer of tab.answers) expect(answer).not.toContain('"state_code":"md"');
    expect(tab.answers.length).toBeGreaterThanOrEqual(2);
    await tab.context.close();
  });

  test('the API refuses another’s place to one’s own key, and everything to no key', async () => {
    const tab = await visit(browser, stand.url);
    const ask = (key: string, path: string) =>
      tab.page.evaluate(
        async ([header, target]) => {
          const headers: Record<string, string> = header === '' ? {} : { 'x-api-key': header! };
          const response = await fetch(target!, { headers });
          return { status: response.status, text: await response.text() };
        },
        [key, path],
      );
    const { washington, maryland } = stand.keys;
    for (const path of ['results', 'results.csv', 'authority', 'events']) {
      expect((await ask('', `/api/priolab/v1/${path}`)).status, path).toBe(401);
    }
    for (const path of ['priolab/v1/results', 'priolab/v1/results.csv', 'public/v2/enpa-data']) {
      const target = `/api/${path}?country=us&state=md`;
      const refused = await ask(washington, target);
      expect(refused.status, path).toBe(403);
      expect(refused.text).not.toContain('74239');
      expect((await ask(maryland, target)).text).toContain('74239');
    }
    const all = await ask(washington, '/api/priolab/v1/results');
    expect(all.text).toContain('31117');
    expect(all.text).not.toContain('74239');
    await tab.context.close();
  });

  test('signing out leaves nothing: page, storage, address, other tabs', async () => {
    const tab = await visit(browser, stand.url);
    await tab.signIn(stand.keys.washington);
    await expectOwn(tab, WASHINGTONS, MARYLANDS);
    const other = await tab.context.newPage();
    await other.goto(stand.url);
    await other.getByLabel('API key').waitFor();
    await tab.page.getByRole('button', { name: 'Sign out' }).click();
    await tab.page.getByLabel('API key').waitFor();
    const html = await shown(tab);
    for (const text of [WASHINGTONS, 'Washington', 'US-WA']) expect(html).not.toContain(text);
    const left = await tab.page.evaluate(() => ({
      session: Object.entries(sessionStorage),
      local: Object.entries(localStorage),
      cookie: document.cookie,
      search: location.search,
      field: document.querySelector<HTMLInputElement>('#key')!.value,
    }));
    expect(left).toEqual({ session: [], local: [], cookie: '', search: '', field: '' });
    await tab.context.close();
  });

  test('going back after another has signed in shows that other’s numbers alone', async () => {
    const tab = await visit(browser, stand.url);
    await tab.signIn(stand.keys.washington);
    await tab.page.getByLabel('Metric').selectOption('dateExposure');
    await tab.page.getByLabel('Vendor').selectOption('apple');
    await expectOwn(tab, WASHINGTONS, MARYLANDS);
    await tab.page.getByRole('button', { name: 'Sign out' }).click();
    await tab.signIn(stand.keys.maryland);
    for (let step = 0; step < 2; step++) {
      await tab.page.goBack();
      await expectOwn(tab, MARYLANDS, WASHINGTONS);
    }
    await tab.context.close();
  });

  test('a page that the browser has kept alive is emptied before it is kept', async () => {
    const tab = await visit(browser, stand.url);
    await tab.signIn(stand.keys.washington);
    await expectOwn(tab, WASHINGTONS, MARYLANDS);
    const kept = await tab.page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      return document.body.innerText.trim();
    });
    expect(kept).toBe('');
    // Meanwhile, in the same tab, another has signed in; then somebody goes back.
    await tab.page.goto(`${stand.url}/openapi.json`);
    await tab.page.evaluate(
      (key) => sessionStorage.setItem('priolab-key', key),
      stand.keys.maryland,
    );
    await tab.page.goBack();
    await expectOwn(tab, MARYLANDS, WASHINGTONS);
    await tab.context.close();
  });

  test('no cache of the browser holds an answer', async () => {
    const tab = await visit(browser, stand.url);
    await tab.signIn(stand.keys.washington);
    await expectOwn(tab, WASHINGTONS, MARYLANDS);
    const { url } = tab.requests.find((request) => request.url.includes('/results?'))!;
    await tab.page.getByRole('button', { name: 'Sign out' }).click();
    await tab.context.setOffline(true);
    const cached = await tab.page.evaluate(
      (target) =>
        fetch(target, { cache: 'force-cache' }).then(
          () => 'cached',
          () => 'none',
        ),
      url,
    );
    expect(cached).toBe('none');
    await tab.context.close();
  });

  test('the key is in one header of requests to the portal, and in no address', async () => {
    const tab = await visit(browser, stand.url);
    const { washington } = stand.keys;
    await tab.signIn(washington);
    await expectOwn(tab, WASHINGTONS, MARYLANDS);
    const holders = tab.requests.filter(({ headers }) => headers['x-api-key'] === washington);
    expect(holders.length).toBeGreaterThanOrEqual(3);
    for (const { url, headers } of tab.requests) {
      expect(new URL(url).origin).toBe(stand.url);
      expect(url).not.toContain(washington);
      const { 'x-api-key': _, ...others } = headers;
      expect(JSON.stringify(others)).not.toContain(washington);
    }
    expect(await shown(tab)).not.toContain(washington);
    await tab.context.close();
  });

  test('a key that is revoked ends the session, with everything it showed', async () => {
    const { id, key } = await stand.portal.addKey({ authority: 'A', localities: ['us-wa'] });
    const tab = await visit(browser, stand.url);
    await tab.signIn(key);
    await expectOwn(tab, WASHINGTONS, MARYLANDS);
    await stand.portal.revokeKey(id);
    await tab.page.getByLabel('API key').waitFor();
    expect(await tab.page.getByRole('status').first().textContent()).toContain('not accepted');
    expect(await shown(tab)).not.toContain(WASHINGTONS);
    expect(await tab.page.evaluate(() => sessionStorage.length)).toBe(0);
    await tab.context.close();
  });
});
