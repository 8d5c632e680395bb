/** XML from servers: what is read, and that anything else is an `XmlError`, at once. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { XmlError, childText, escapeXml, parseXml } from '../../../src/stores/s3/xml.ts';

test('elements, text, entities, attributes and comments', () => {
  const xml = parseXml(
    '<?xml version="1.0"?>\n<!-- c -->\n<a b="c" d=\'e\'><f>&lt;&#65;&#x1F600;&amp;</f><g/>h</a>\n',
  );
  expect(xml).toMatchObject({ name: 'a', text: 'h' });
  expect(childText(xml, 'f')).toBe('<A\u{1f600}&');
  expect(childText(xml, 'g')).toBe('');
  expect(childText(xml, 'h')).toBeUndefined();
});

test('any text comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'a<>&;"\'\n\u00e9'.split('')) }), (text) => {
      expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(text);
    }),
  );
});

test.each([
  '', 'text', '<a>', '</a>', '<a></b>', '<a/><b/>', '<a/>text', '<a', '<a b></a>', '<a b=c/>',
  '<a>&nbsp;</a>', '<a>&amp</a>', '<a>&#0;</a>', '<a>&#xD800;</a>', '<a>&#x110000;</a>', '< a/>',
  '<a></a b="c">', '<!DOCTYPE a><a/>', '<a><![CDATA[x]]></a>', '<a><b></a></b>', '<a>&#;</a>',
  '<a>'.repeat(100) + '</a>'.repeat(100), '<a></a/>', '<a>&constructor;</a>',
])('%j is refused', (source) => {
  expect(() => parseXml(source)).toThrow(XmlError);
}); // prettier-ignore

test('bytes that were changed, cut off or repeated are read or refused, at once', () => {
  const source = '<?xml version="1.0"?><a><!-- --><b c="d">&amp;e</b><f>g</f></a>';
  const piece = fc.constantFrom(
    ...'<>&;/!-?="\'ab \n'.split(''),
    '<!--',
    '-->',
    '<a>',
    '</a>',
    source,
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(source.length), (pieces, at) => {
      try {
        parseXml(source.slice(0, at) + pieces.join('') + source.slice(at));
      } catch (error) {
        expect(error).toBeInstanceOf(XmlError);
      }
    }),
    { numRuns: 2000 },
  );
  const started = performance.now();
  for (const hostile of ['<a '.repeat(100_000), '<!--'.repeat(100_000), '&'.repeat(400_000)]) {
    expect(() => parseXml(hostile)).toThrow(XmlError);
    expect(() => parseXml(`<a ${hostile}`)).toThrow(XmlError);
    expect(() => parseXml(`<a>${hostile}`)).toThrow(XmlError);
  }
  expect(() => parseXml(`<a ${'b="c" '.repeat(50_000)}`)).toThrow(XmlError);
  expect(() => parseXml(`<a ${'b="c" '.repeat(50_000)}!>`)).toThrow(XmlError);
  expect(() => parseXml(`<a${' '.repeat(50_000)}!>`)).toThrow(XmlError);
  expect(performance.now() - started).toBeLessThan(3000);
});
