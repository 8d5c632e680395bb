/**
 * The XML that S3 answers with: elements and text, nothing else. Doctypes, and with them entities
 * of one's own, are refused, as is whatever is not well-formed: an answer that was cut off must not
 * read as a short listing. Source: XML 1.0, sections 2 and 4.6.
 */

const DEPTH_MAX = 16;
const TOKEN = /<\?[^>]*\?>|<!--(?:(?!-->)[^])*-->|<[^<>]*>|[^<]+/y;
const TAG = /^<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>$/;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Of the element itself, not of what is in it. */
  readonly text: string;
}

/** Something that is not such XML. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly code = 'xml';
}

interface OpenElement {
  readonly name: string;
  readonly children: OpenElement[];
  text: string;
}

/** The root element. @throws XmlError */
export function parseXml(source: string): XmlElement {
  const document: OpenElement = { name: '', children: [], text: '' };
  const path: OpenElement[] = [document];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(source)?.[0];
    if (token === undefined) throw new XmlError(`expected markup at ${at}, got an unfinished one`);
    const inside = path.at(-1)!;
    if (!token.startsWith('<')) inside.text += decodeText(token, at);
    else if (!/^<[?!]/.test(token)) enter(path, token, at);
    else if (/^<!(?!--)/.test(token)) throw new XmlError(`expected no doctype or section at ${at}`);
  }
  const [root, another] = document.children;
  if (path.length !== 1) throw new XmlError(`expected </${path.at(-1)!.name}>, got the end`);
  if (root === undefined || another !== undefined || document.text.trim() !== '') {
    throw new XmlError(`expected one root element, got ${document.children.length} and text`);
  }
  return root;
}

/** Goes into or out of an element. */
function enter(path: OpenElement[], token: string, at: number): void {
  const [, closing, name, attributes, empty] = TAG.exec(token) ?? [];
  if (name === undefined || (closing !== '' && (attributes !== '' || empty !== ''))) {
    throw new XmlError(`expected a tag at ${at}`);
  }
  if (closing !== '') {
    if (path.length < 2 || path.at(-1)!.name !== name) {
      throw new XmlError(`expected </${path.at(-1)!.name}> at ${at}, got </${name}>`);
    }
    path.pop();
    return;
  }
  const element: OpenElement = { name, children: [], text: '' };
  path.at(-1)!.children.push(element);
  if (empty !== '') return;
  if (path.length > DEPTH_MAX) throw new XmlError(`expected up to ${DEPTH_MAX} levels at ${at}`);
  path.push(element);
}

function decodeText(text: string, at: number): string {
  return text.replace(/&([^;&]*)(;?)/g, (_, name: string, end: string) => {
    const [, hex, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name) ?? [];
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const decoded = Number.isNaN(code) ? ENTITIES.get(name) : toCharacter(code);
    if (end === '' || decoded === undefined) throw new XmlError(`expected an entity after ${at}`);
    return decoded;
  });
}

function toCharacter(code: number): string | undefined {
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

/** Text of the first child of that name; undefined where there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

/** Text as an XML document may hold it. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
