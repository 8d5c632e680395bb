/** Listings of the store in memory: by search in sorted keys, the same as by looking at each. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createMemoryStore } from '../../src/index.ts';

const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '0', '\u{1f600}', '\uffff') });

test('a listing has all keys with the prefix, ascending, and no other', () => {
  fc.assert(
    fc.property(fc.array(key), fc.array(key), key, (written, deleted, prefix) => {
      const store = createMemoryStore({ nowMs: () => 0 });
      for (const one of written) store.putNow(one, new Uint8Array(0));
      store.listNow('');
      for (const one of deleted) store.deleteNow(one);
      const left = [...new Set(written)].filter((one) => !deleted.includes(one)).sort();
      expect(store.listNow(prefix)).toEqual(left.filter((one) => one.startsWith(prefix)));
      expect(store.listNow('')).toEqual(left);
    }),
  );
});
