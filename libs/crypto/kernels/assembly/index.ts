// The kernels of this lib: what the module exports.

export { keystream } from './symmetric/counter-mode';
export { openItems, sealItems } from './symmetric/gcm';
export { sha256Lanes, deriveKeys } from './symmetric/sha256';
