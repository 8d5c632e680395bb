/**
 * The page's own style and script, as they lie beside this file. The page allows these two and
 * nothing else to run: what a record might smuggle in would have another digest.
 */

import { readFileSync } from 'node:fs';

/** SHA-256 in base64, as `Content-Security-Policy` names them; a test recomputes both. */
export const STYLE_DIGEST = 'eLF45HKNtNGFTpq6ZiDjUlzj4//TR6U5Hi1EGO/Xc/A=';
export const SCRIPT_DIGEST = 'dw7lGDRU/i2pxKyOYUo8Ac1A7vNSbnprgXBcAsRKDSY=';

export interface Assets {
  readonly style: string;
  readonly script: string;
}

let read: Assets | undefined;

export function assets(): Assets {
  read ??= { style: textOf('page.css'), script: textOf('page.js') };
  return read;
}

function textOf(name: string): string {
  // Whatever line ends a checkout has, browsers digest what the parser makes of them.
  return readFileSync(new URL(name, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
}

/** No network, no frame, no form, no plug-in: what is not in the file does not exist for it. */
export function contentSecurityPolicy(): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_DIGEST}'`,
    `script-src 'sha256-${SCRIPT_DIGEST}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
