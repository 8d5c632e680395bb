/** The strict reader of JSON against the engine's: equal on what both take, and not laxer. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseStrictJson } from '../../../../src/messages/enpa/manifest/strict-json.ts';
import type { Json } from '../../../../src/messages/enpa/manifest/strict-json.ts';

function plain(value: Json): unknown {
  if (value instanceof Map) return new Map([...value].map(([name, item]) => [name, plain(item)]));
  if (Array.isArray(value)) return (value as readonly Json[]).map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Number((value as { digits: string }).digits);
}

/** Objects as maps, so that a member called __proto__ is one. */
function engine(text: string): unknown {
  const maps = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(maps);
    if (typeof value !== 'object' || value === null) return value;
    return new Map(Object.entries(value).map(([name, item]) => [name, maps(item)]));
  };
  return maps(JSON.parse(text));
}

const SIGNS = Array.from('{}[]",:0-.e\\tn \n\t');

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('documents have the value that the engine gives them', () => {
  const documents = fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.stringify(value, null, 1));
  fc.assert(
    fc.property(documents, (text) => {
      fc.pre(!/\p{Surrogate}/u.test(JSON.stringify(JSON.parse(text))));
      const problems: never[] = [];
      expect(plain(parseStrictJson(text, problems)!)).toEqual(engine(text));
      expect(problems).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('what the engine refuses is refused', () => {
  const document = '{"a": [1, -2.5e3, "\\u00e9\\n", true], "b": {"c": null}}';
  const change = fc.tuple(fc.nat(document.length - 1), fc.constantFrom(...SIGNS));
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      const signs = Array.from(document);
      for (const [at, sign] of changes) signs[at] = sign;
      const text = signs.join('');
      const isTaken = parseStrictJson(text, []) !== undefined;
      if (isTaken) taken++;
      else refused++;
      expect(isTaken, text).toBe(isJson(text));
    }),
    { numRuns: 2000, seed: 1 },
  );
  expect(Math.min(taken, refused)).toBeGreaterThan(100);
});

test('a number keeps its digits', () => {
  const digits = '12345678901234567890.50';
  expect(parseStrictJson(digits, [])).toEqual({ digits });
});
