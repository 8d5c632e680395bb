/** What is withheld of a window and why, in the portal's own words. */

import type { Result } from './api.ts';
import { number, plural } from './words.ts';

/** Of a window as a whole; empty where it is published. */
export function reasonOf({ status, detail, reason }: Result): string {
  return status === 'published' ? '' : `${status}: ${detail ?? reason ?? 'no reason is given'}`;
}

/** What is hidden of a window that is published; empty where nothing is. */
export function hiddenBinsOf(result: Result): string {
  const count = result.suppressed_bins.length;
  if (result.status !== 'published' || count === 0) return '';
  const bins = `${number(count)} of ${plural(result.sum?.length ?? count, 'bin')} hidden`;
  return `${bins}: ${result.detail ?? 'no reason is given'}`;
}
