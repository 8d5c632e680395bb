/**
 * Secrets and bytes for the layers above: sealing, signing, keystreams, hashes and the seed tree.
 * Knows no field and no message.
 */

export {
  DIGEST_SIZE,
  POINT_SIZE,
  SCALAR_SIZE,
  SEAL_OVERHEAD,
  SEED_SIZE,
  SIGNATURE_SIZE,
} from './backend.ts';
export type {
  BackendName,
  CryptoBackend,
  OpenBlock,
  PrivateKey,
  SealBlock,
  SignBlock,
  Strided,
  VerifyBlock,
  VerifyingKeys,
} from './backend.ts';
export { copyBytes, createDigest, fromHex, sha256, sha512Truncated, toHex } from './bytes.ts';
export type { Digest } from './bytes.ts';
export { multiplyPoints } from './calibration.ts';
export { createCountingBackend, emptyCryptoWork } from './counting-backend.ts';
export type { CryptoWork } from './counting-backend.ts';
export { CryptoError } from './errors.ts';
export type { CryptoErrorCode } from './errors.ts';
export {
  decodeKeyPair,
  decodePublicKey,
  decodeSigningKey,
  encodeKeyPair,
  encodePublicKey,
  encodeSigningKey,
  generateKeyPair,
  KeyPair,
  keyPairFromPem,
  keyPairFromPkcs8,
  keyPairToPkcs8,
  publicKeyFromCertificate,
  publicKeyFromPem,
  publicKeyFromSpki,
  publicKeyToPem,
  publicKeyToSpki,
} from './keys.ts';
export { nameUuid } from './name-uuid.ts';
export { createNobleBackend } from './noble-backend.ts';
export { createNodeBackend } from './node-backend.ts';
export { createWasmBackend } from './wasm-backend.ts';
export { backendNames, createBackend, createServiceBackend } from './registry.ts';
export { fillScalars } from './scalars.ts';
export { createSeedTree, seedBranchFrom } from './seed-tree.ts';
export type { SeedBranch } from './seed-tree.ts';
export { signatureFromDer, signatureToDer } from './signature-der.ts';
export { signMessage } from './sign-message.ts';
