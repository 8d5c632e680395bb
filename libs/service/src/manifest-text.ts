/**
 * A manifest's text, from a file or from where its owner publishes it. It does not know what is in
 * it. Source: ENPA section 6.6, 9.2 no. 38.
 */

import { readFile } from 'node:fs/promises';

import { TransportError } from '@priolab/runtime';

import { UsageError, fileError } from './checks.ts';

const MANIFEST_SIZE_MAX = 2 ** 20;
const FETCH_TIMEOUT_MS = 30_000;

/**
 * @param place a path or an https URL
 * @throws UsageError, TransportError
 */
export async function readManifestText(place: string): Promise<string> {
  if (!/^[a-z0-9]+:\/\//.test(place)) {
    return readFile(place, 'utf8').catch((error: unknown) => {
      throw fileError(place, 'a manifest', error);
    });
  }
  // What decides whom we trust is not taken from whoever sits on the line.
  if (!place.startsWith('https://')) {
    throw new UsageError(`${place}: got another URL, allowed: an https URL or a path`);
  }
  const { status, text } = await request(place);
  if (status !== 200) throw unread(`${place}: expected status 200, got ${status}`);
  if (text.length <= MANIFEST_SIZE_MAX) return text;
  throw unread(`${place}: expected at most ${MANIFEST_SIZE_MAX} characters`);
}

async function request(url: string): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw unread(`${url}: expected an answer, got ${why}`);
  }
}

function unread(text: string): TransportError {
  return new TransportError('unavailable', text, { retryable: true, definite: true });
}
