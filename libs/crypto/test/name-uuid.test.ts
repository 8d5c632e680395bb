/** A uuid of a name, held against what Java's `UUID.nameUUIDFromBytes` gives. */

import { expect, test } from 'vitest';

import { nameUuid, toHex } from '../src/index.ts';

test.each([
  ['', 'd41d8cd98f003204a9800998ecf8427e'],
  ['hello', '5d41402abc4b3a76b9719d911017c592'],
])('version 3 and the variant over MD5 of %j', (name, expected) => {
  expect(toHex(nameUuid(name))).toBe(expected);
});
