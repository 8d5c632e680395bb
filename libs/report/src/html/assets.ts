/**
 * The styles of the pages and the script of a run's, as they lie in this lib. A page allows its own
 * and nothing else to run: what a record might smuggle in would have another digest.
 */

import { readFileSync } from 'node:fs';

/** Each page has the shared style and after it its own. */
const SHEETS = {
  run: ['base.css', 'page.css'],
  comparison: ['base.css', '../compare/card.css'],
  scale: ['base.css', '../scale/scale.css'],
} as const;

export type Sheet = keyof typeof SHEETS;

/** SHA-256 in base64, as `Content-Security-Policy` names them; a test recomputes all. */
export const STYLE_DIGESTS: Readonly<Record<Sheet, string>> = {
  run: 'aV/hy1QvTcobpkwFdvqDucu2m4+0spcAZEFSofXYRh4=',
  comparison: 'Cktabb+N659je/P42G3RL5oo/cDZJdyaCN2v9jKND10=',
  scale: 'O+jllqC4QNdYKYgpeAgQTBvEOv4ol0wRPHZysjkoDcg=',
};
export const SCRIPT_DIGEST = 'dw7lGDRU/i2pxKyOYUo8Ac1A7vNSbnprgXBcAsRKDSY=';

const texts = new Map<string, string>();

export function styleOf(sheet: Sheet): string {
  return SHEETS[sheet].map(textOf).join('');
}

/** Of a run's page; the others have none. */
export function script(): string {
  return textOf('page.js');
}

function textOf(name: string): string {
  // Whatever line ends a checkout has, browsers digest what the parser makes of them.
  const read = (): string =>
    readFileSync(new URL(name, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
  const text = texts.get(name) ?? read();
  texts.set(name, text);
  return text;
}

/** No network, no frame, no form, no plug-in: what is not in the file does not exist for it. */
export function contentSecurityPolicy(sheet: Sheet): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_DIGESTS[sheet]}'`,
    ...(sheet === 'run' ? [`script-src 'sha256-${SCRIPT_DIGEST}'`] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
