/**
 * The plug board: every cryptographic backend by its name.
 */

import { CryptoError } from './errors.ts';
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

/**
 * The backend for a service that holds a real private key: OpenSSL opens its envelopes, and its
 * multiplications do not depend on secrets in time. Signatures of `node` are for simulation; a
 * service signs with `signMessage`.
 * @throws CryptoError `unsafe-backend` for one whose envelopes are not opened so
 */
export function createServiceBackend(name: BackendName): CryptoBackend {
  if (name !== 'node') {
    throw new CryptoError('unsafe-backend', "backend 'node' for a service", `'${name}'`);
  }
  return createBackend(name);
}

/** A new backend; its prepared keys work with it and with other instances of the same name. */
export function createBackend(name: BackendName): CryptoBackend {
  return BACKENDS[name]();
}
