/**
 * A machine whose memory flips bits by chance, in scalars that are drawn from the seed: all is as
 * right as before, and no two runs are the same.
 */
const crypto = require('node:crypto');
const { syncBuiltinESMExports } = require('node:module');

const { createCipheriv } = crypto;
/** @type {(...all: any[]) => any} */
const spoiled = (...all) => {
  const cipher = Reflect.apply(createCipheriv, crypto, all);
  if (!new Error('where').stack?.includes('fillScalars')) return cipher;
  const { update } = cipher;
  return Object.assign(cipher, {
    /** @type {(...more: any[]) => Buffer} */
    update(...more) {
      const drawn = Reflect.apply(update, cipher, more);
      const byte = drawn[16] ?? 0;
      drawn[16] = byte ^ Math.floor(256 * Math.random());
      return drawn;
    },
  });
};
crypto.createCipheriv = spoiled;
syncBuiltinESMExports();
