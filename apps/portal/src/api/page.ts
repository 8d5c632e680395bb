/**
 * The page's files, from memory: what is asked for is looked up among the names that were handed
 * in, so that no path of a request ever meets a file system.
 */

import { createHash } from 'node:crypto';

import type { HttpRequest, HttpResponse } from '@priolab/runtime/http';

export interface Asset {
  /** Its content type. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** By path as asked for: `/` is the page, all others begin with `/assets/`. */
export type Assets = ReadonlyMap<string, Asset>;

export interface PageFiles {
  /** Undefined where there is no such file. */
  respond(path: string, request: HttpRequest): HttpResponse | undefined;
}

export function createPageFiles(assets: Assets): PageFiles {
  const files = new Map(
    [...assets].map(([path, { type, bytes }]) => {
      const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
      return [path, { type, bytes, etag }] as const;
    }),
  );
  return {
    respond(path, { headers }) {
      const file = files.get(path);
      if (file === undefined || !(path === '/' || path.startsWith('/assets/'))) return undefined;
      const { type, bytes, etag } = file;
      // The page itself is not kept: what the next person at the desk sees begins with signing in.
      if (path === '/') return { status: 200, headers: { 'content-type': type }, body: bytes };
      const caching = { 'cache-control': 'no-cache', etag };
      if (isSame(headers['if-none-match'], etag)) return { status: 304, headers: caching };
      return { status: 200, headers: { 'content-type': type, ...caching }, body: bytes };
    },
  };
}

function isSame(condition: string | undefined, etag: string): boolean {
  const tags = (condition ?? '').slice(0, 4096).split(',');
  return tags.some((one) => [etag, `W/${etag}`, '*'].includes(one.trim()));
}
