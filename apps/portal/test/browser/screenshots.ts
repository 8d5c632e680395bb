/**
 * Pictures of the page for `docs/images`: always of the same results, so that a picture changes
 * only where the page does.
 */

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { findChromium, launch } from '@priolab/vectors/browser';
import type { Browser } from 'playwright-core';

import { cellsOf, createStand } from './stand.ts';
import type { Stand } from './stand.ts';
import { visit } from './visit.ts';

const WIDTHS = [390, 1280] as const;
const COLOURS = ['light', 'dark'] as const;
const SIZE_MAX = 300_000;

/** What is on a picture, by its name. */
const VIEWS = {
  portal: '?dataset=notification',
  'portal-risk': '?dataset=riskParameters&vendor=apple',
} as const;

/** @returns the exit code */
export async function main(folder: string, say: (line: string) => void): Promise<number> {
  const executable = findChromium();
  if (executable === undefined) {
    say('no Chromium on the PATH; PRIOLAB_CHROMIUM names one');
    return 2;
  }
  await mkdir(folder, { recursive: true });
  const stand = await createStand(cellsOf({ locality: 'us-wa', days: 14, clients: 6000 }));
  const browser = await launch(executable);
  try {
    for (const [name, query] of Object.entries(VIEWS)) {
      for (const width of WIDTHS) {
        for (const colours of COLOURS) {
          const path = join(folder, `${name}-${width}-${colours}.png`);
          await picture({ stand, browser, query, width, colours, path });
          const { size } = await stat(path);
          say(`${path}  ${size} bytes`);
          if (size > SIZE_MAX) throw new RangeError(`${path}: expected at most ${SIZE_MAX} bytes`);
        }
      }
    }
  } finally {
    await browser.close();
    await stand.close();
  }
  return 0;
}

interface Picture {
  readonly stand: Stand;
  readonly browser: Browser;
  readonly query: string;
  readonly width: number;
  readonly colours: 'light' | 'dark';
  readonly path: string;
}

async function picture({ stand, browser, query, path, ...look }: Picture): Promise<void> {
  const tab = await visit(browser, `${stand.url}/${query}`, look);
  await tab.signIn(stand.keys.washington);
  await tab.page.getByText('Live: new windows appear').waitFor();
  await tab.page.locator('table.histogram').first().waitFor();
  // Nothing on it has the focus or the pointer.
  await tab.page.mouse.move(0, 0);
  await tab.page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await tab.page.screenshot({ path, fullPage: true, animations: 'disabled' });
  await tab.context.close();
}
