/** The kernels that `src/wasm` calls. Addresses and lengths are taken as given. */

export { prove } from './prove';
export { verify } from './verify';
export { accumulate, copyChecked, makeCanonical, subtractFrom, takeElements } from './words';
