/** Takes the pictures of the terminal, by a browser that the caller opens. */

import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser } from 'playwright-core';

import { terminalPictures } from './pictures.ts';

const SIZE_MAX = 300_000;
/** Pixels for each of the page's, so that text is sharp where a picture is shown smaller. */
const SCALE = 1.25;

/** @returns the exit code */
export async function main(options: {
  folder: string;
  openBrowser: (() => Promise<Browser>) | undefined;
  isMeasured: boolean;
  say: (line: string) => void;
}): Promise<number> {
  const { folder, openBrowser, isMeasured, say } = options;
  if (openBrowser === undefined) {
    say('no Chromium on the PATH; PRIOLAB_CHROMIUM names one');
    return 2;
  }
  await mkdir(folder, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), 'priolab-pictures-'));
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ deviceScaleFactor: SCALE });
    const tab = await context.newPage();
    for (const { name, html } of await terminalPictures(scratch, isMeasured)) {
      const path = join(folder, `${name}.png`);
      await tab.setContent(html);
      await tab.locator('main').screenshot({ path, animations: 'disabled' });
      const { size } = await stat(path);
      say(`${path}  ${size} bytes`);
      if (size > SIZE_MAX) throw new RangeError(`${path}: expected at most ${SIZE_MAX} bytes`);
    }
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true });
  }
  return 0;
}
