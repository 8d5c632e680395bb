/**
 * The default backend: P-256, SHA-256, AES and arithmetic mod n by WebAssembly kernels, four
 * reports at a time. It gives the same bytes as the other backends and is three times as fast as
 * OpenSSL through node:crypto, because a block shares inversions and fixed points have tables.
 *
 * Not constant-time: scalars choose table entries and branches. For simulation only; a service that
 * holds a real key must use the `node` backend.
 *
 * Sources: ENPA sections 3.4 and 4; FIPS 186-5 (ECDSA); `kernels/README.md` for the algorithms.
 */

import { createECDH } from 'node:crypto';
import { checkOpen, checkPublicKeys, checkSeal, checkSign, checkVerify } from './block-checks.ts';
import { CryptoError } from './errors.ts';
import { checkScalar, requireScalars } from './scalars.ts';
import { DIGEST_SIZE, POINT_SIZE, SCALAR_SIZE, SEAL_OVERHEAD } from './backend.ts';
import type { CryptoBackend, OpenBlock, PrivateKey, SealBlock, SignBlock } from './backend.ts';
import type { Strided, VerifyBlock, VerifyingKeys } from './backend.ts';
import { createEngine } from './wasm/engine.ts';
import type { Engine } from './wasm/engine.ts';
import { ENVELOPE_KEY_SIZE } from './wasm/gcm.ts';
import { PointKeys } from './wasm/point-keys.ts';

const CURVE = 'prime256v1';
/** Slots that go through the kernels at a time; as many share an inversion. */
const CHUNK_COUNT = 512;

/** Progress of a signature; whatever is not open any more is skipped. */
const OPEN = 0;
const VERIFIED = 1;
const REFUSED = 2;

/** One for all backends of a thread: operations are synchronous and leave nothing behind. */
let shared: Parts | undefined;

/** Signatures that this thread has verified so far, by one sum for many and each alone. */
export const tally = { together: 0, alone: 0 };

/** The fast backend on WebAssembly kernels; throws where WebAssembly has no 128-bit vectors. */
export function createWasmBackend(): CryptoBackend {
  const parts = (shared ??= createParts());
  const { engine } = parts;
  return {
    name: 'wasm',
    privateKey: (scalar) => new WasmPrivateKey(scalar),
    verifyingKeys: () => engine.p256.keys(),
    publicKeys: (count, scalars, points) => publicKeys(parts, count, scalars, points),
    seal: (block) => seal(parts, block),
    open: (block) => open(parts, block),
    sign: (block) => sign(parts, block),
    verify: (block) => verify(parts, block),
    keystream: engine.keystream,
    sha256: engine.sha256,
  };
}

class WasmPrivateKey implements PrivateKey {
  readonly publicKey: Uint8Array;
  // A private name, so that neither inspection nor JSON shows it.
  readonly #scalar: Uint8Array;

  constructor(scalar: Uint8Array) {
    checkScalar('private scalar', scalar);
    this.#scalar = Uint8Array.from(scalar);
    const agreement = createECDH(CURVE);
    agreement.setPrivateKey(this.#scalar);
    this.publicKey = new Uint8Array(agreement.getPublicKey());
  }

  static scalarOf(key: PrivateKey): Uint8Array {
    if (!(key instanceof WasmPrivateKey)) {
      throw new CryptoError('foreign-key', "a private key of backend 'wasm'", 'another');
    }
    return key.#scalar;
  }
}

/** The engine, and room for what passes between its parts: a chunk of items each. */
interface Parts {
  readonly engine: Engine;
  readonly coordinates: Strided;
  readonly points: Strided;
  readonly keys: Strided;
  readonly digests: Strided;
  readonly u1: Strided;
  readonly u2: Strided;
  readonly noStatus: Uint8Array;
  /** Of signatures under verification. */
  readonly progress: Uint8Array;
  readonly offsets: Uint32Array;
  readonly sizes: Uint32Array;
}

function createParts(): Parts {
  const items = (size: number): Strided => ({
    bytes: new Uint8Array(CHUNK_COUNT * size),
    offset: 0,
    stride: size,
  });
  return {
    engine: createEngine(),
    coordinates: items(SCALAR_SIZE),
    points: items(POINT_SIZE),
    keys: items(ENVELOPE_KEY_SIZE),
    digests: items(DIGEST_SIZE),
    u1: items(SCALAR_SIZE),
    u2: items(SCALAR_SIZE),
    noStatus: new Uint8Array(CHUNK_COUNT),
    progress: new Uint8Array(CHUNK_COUNT),
    offsets: new Uint32Array(CHUNK_COUNT),
    sizes: new Uint32Array(CHUNK_COUNT),
  };
}

function publicKeys(parts: Parts, count: number, scalars: Strided, points: Strided): void {
  checkPublicKeys(count, scalars, points);
  const { p256 } = parts.engine;
  forChunks(count, (first, some) => {
    const status = parts.noStatus;
    requireScalars('private scalar', some, from(scalars, first), status);
    p256.multiplyFixed({
      count: some,
      base: p256.generator,
      scalars: from(scalars, first),
      out: from(points, first),
      coordinates: 'both',
      status,
    });
  });
}

function seal(parts: Parts, block: SealBlock): void {
  checkSeal(block);
  const { p256, gcm, deriveKeys } = parts.engine;
  const recipient = parts.engine.recipient(block.recipient);
  forChunks(block.count, (first, count) => {
    const scalars = from(block.scalars, first);
    const sealed = from(block.sealed, first);
    const status = block.status.subarray(first, first + count);
    requireScalars('ephemeral scalar', count, scalars, status);
    const one = { count, scalars, status };
    p256.multiplyFixed({ ...one, base: p256.generator, out: sealed, coordinates: 'both' });
    p256.multiplyFixed({ ...one, base: recipient, out: parts.coordinates, coordinates: 'x' });
    deriveKeys({ count, sharedX: parts.coordinates, points: sealed, keys: parts.keys });
    gcm.seal({
      count,
      keys: parts.keys,
      plaintexts: from(block.plaintexts, first),
      plaintextSize: block.plaintextSize,
      sealed: { ...sealed, offset: sealed.offset + POINT_SIZE },
      status,
    });
  });
}

function open(parts: Parts, block: OpenBlock): void {
  checkOpen(block);
  const scalar = WasmPrivateKey.scalarOf(block.privateKey);
  const { failure } = block;
  if (block.sealedSize < SEAL_OVERHEAD) {
    for (let i = 0; i < block.count; i++) if (block.status[i] === 0) block.status[i] = failure;
    return;
  }
  const { p256, gcm, deriveKeys } = parts.engine;
  forChunks(block.count, (first, count) => {
    const sealed = from(block.sealed, first);
    const status = block.status.subarray(first, first + count);
    const sharedX = parts.coordinates;
    p256.agree({ count, scalar, points: sealed, sharedX, status, failure });
    deriveKeys({ count, sharedX, points: sealed, keys: parts.keys });
    gcm.open({
      count,
      keys: parts.keys,
      sealed: { ...sealed, offset: sealed.offset + POINT_SIZE },
      plaintextSize: block.sealedSize - SEAL_OVERHEAD,
      plaintexts: from(block.plaintexts, first),
      status,
      failure,
    });
  });
}

function sign(parts: Parts, block: SignBlock): void {
  checkSign(block);
  const { p256, order } = parts.engine;
  forChunks(block.count, (first, count) => {
    const scalars = from(block.scalars, first);
    const nonces = from(block.nonces, first);
    const status = block.status.subarray(first, first + count);
    requireScalars('nonce', count, nonces, status);
    requireScalars('private scalar', count, scalars, status);
    const { points } = parts;
    const base = p256.generator;
    p256.multiplyFixed({ count, base, scalars: nonces, out: points, coordinates: 'both', status });
    const digests = from(block.digests, first);
    const signatures = from(block.signatures, first);
    order.signScalars({ count, scalars, digests, nonces, points, signatures, status });
  });
}

function verify(parts: Parts, block: VerifyBlock): void {
  checkVerify(block);
  const keys = keysOf(block.keys);
  const { engine, digests, u1, u2, coordinates, offsets, sizes } = parts;
  const { failure } = block;
  forChunks(block.count, (first, count) => {
    const status = block.status.subarray(first, first + count);
    // A refused message costs nothing more, whatever its size, and may lie anywhere.
    for (let i = 0; i < count; i++) {
      offsets[i] = status[i] === 0 ? block.offsets[first + i]! : 0;
      sizes[i] = status[i] === 0 ? block.sizes[first + i]! : 0;
    }
    engine.sha256(count, block.messages, offsets, sizes, digests);
    const signatures = from(block.signatures, first);
    engine.order.verifyScalars({ count, digests, signatures, u1, u2, status, failure });
    const keyIndex = block.keyIndex.subarray(first, first + count);
    const progress = parts.progress.subarray(0, count);
    for (let i = 0; i < count; i++) progress[i] = status[i] === 0 ? OPEN : VERIFIED;
    const scalars = { count, u1, u2, keys, keyIndex, status: progress };
    tally.together += engine.verifyTogether({ ...scalars, digests, signatures, valid: VERIFIED });
    const left = progress.reduce((sum, state) => (state === OPEN ? sum + 1 : sum), 0);
    if (left === 0) return;
    tally.alone += left;
    engine.p256.combine({ ...scalars, x: coordinates, failure: REFUSED });
    const matched = { count, signatures, status: progress };
    engine.order.matchR({ ...matched, xs: coordinates, failure: REFUSED });
    for (let i = 0; i < count; i++) if (progress[i] === REFUSED) status[i] = failure;
  });
}

function keysOf(keys: VerifyingKeys): PointKeys {
  if (!(keys instanceof PointKeys)) {
    throw new CryptoError('foreign-key', "verifying keys of backend 'wasm'", 'others');
  }
  return keys;
}

/** The items from `first` on. */
function from({ bytes, offset, stride }: Strided, first: number): Strided {
  return { bytes, offset: offset + first * stride, stride };
}

function forChunks(count: number, use: (first: number, count: number) => void): void {
  for (let first = 0; first < count; first += CHUNK_COUNT) {
    use(first, Math.min(CHUNK_COUNT, count - first));
  }
}
