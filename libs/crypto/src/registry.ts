/**
 * The plug board: every cryptographic backend by its name.
 */

import { createNobleBackend } from './noble-backend.ts';
import { createNodeBackend } from './node-backend.ts';
import { createWasmBackend } from './wasm-backend.ts';
import type { BackendName, CryptoBackend } from './backend.ts';

const BACKENDS: Readonly<Record<BackendName, () => CryptoBackend>> = {
  noble: createNobleBackend,
  node: createNodeBackend,
  wasm: createWasmBackend,
};

/** The backends that there are. */
export const backendNames = Object.freeze(Object.keys(BACKENDS) as BackendName[]);

/** A new backend; its prepared keys work with it and with other instances of the same name. */
export function createBackend(name: BackendName): CryptoBackend {
  return BACKENDS[name]();
}
