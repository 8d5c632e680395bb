/** The kernels that `src/wasm` calls. Addresses, strides and counts are taken as given. */

export { matchR, signScalars, verifyScalars } from './order/ecdsa';
export { weighScalars } from './order/weigh';
export { addPoints, toAffineX } from './p256/affine';
export { addToEach, multiplyByOne, multiplyEach, oddMultiples, selectKeys } from './p256/any-base';
export { exportElements, importPoint, importPoints } from './p256/convert';
export { multiply, multiplyMinus, multiplyMinusSquare, square, squareMinus } from './p256/field';
export { tripleDifference } from './p256/field';
export { buildTable, multiplyFixed } from './p256/fixed-base';
export { recoverPoints } from './p256/recover';
export { sumVanishes } from './p256/vanishing-sum';
export { recode, recodeShort, storeEntries } from './p256/windows';
export { keystream } from './symmetric/counter-mode';
export { openItems, sealItems } from './symmetric/gcm';
export { sha256Lanes, deriveKeys } from './symmetric/sha256';
