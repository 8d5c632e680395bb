/**
 * AES-128-GCM of ENPA's envelopes by the kernels, and by node:crypto where texts are long enough to
 * pay for a cipher object each. An envelope key is 32 bytes, AES key || nonce (ENPA section 4).
 */

import { checkInput, checkList, checkOutput, slot } from '../layout.ts';
import { openSealed, TAG_SIZE, writeSealed } from '../node-aes.ts';
import type { Strided } from '../backend.ts';
import type { KernelInstance } from './instance.ts';
import { createStaging } from './staging.ts';
import type { Staging } from './staging.ts';

/** Bytes of an envelope key. */
export const ENVELOPE_KEY_SIZE = 32;
/** Items that pass through the areas at a time: a multiple of the kernel's four lanes. */
const STAGED_COUNT = 32;
/** Bytes of plaintext up to which the kernel is faster; kernels/SYMMETRIC.md has the figures. */
export const GCM_KERNEL_SIZE_MAX = 1536;
/** What the kernel leaves in place of the index of an item that it refused. */
const REFUSED = 0xffffffff;

export interface GcmSealBlock {
  readonly count: number;
  readonly keys: Strided;
  readonly plaintexts: Strided;
  readonly plaintextSize: number;
  /** Receives `plaintextSize + TAG_SIZE` bytes an item; may not overlap the plaintexts. */
  readonly sealed: Strided;
  readonly status: Uint8Array;
}

export interface GcmOpenBlock {
  readonly count: number;
  readonly keys: Strided;
  readonly sealed: Strided;
  readonly plaintextSize: number;
  /** Receives `plaintextSize` bytes an item; may not overlap the sealed items. */
  readonly plaintexts: Strided;
  readonly status: Uint8Array;
  /** Written into `status` where the tag does not fit; the plaintext is left as it was. */
  readonly failure: number;
}

/** Seals and opens; slots whose status is not 0 are skipped. */
export interface Gcm {
  seal(block: GcmSealBlock): void;
  open(block: GcmOpenBlock): void;
}

interface Areas {
  readonly kernels: KernelInstance;
  readonly keys: Staging;
  readonly plaintexts: Staging;
  readonly sealed: Staging;
  /** Address of the indexes of the staged items to work on. */
  readonly indexes: number;
}

export function createGcm(kernels: KernelInstance): Gcm {
  const areas: Areas = {
    kernels,
    keys: createStaging(kernels, STAGED_COUNT, ENVELOPE_KEY_SIZE),
    plaintexts: createStaging(kernels, STAGED_COUNT, GCM_KERNEL_SIZE_MAX),
    sealed: createStaging(kernels, STAGED_COUNT, GCM_KERNEL_SIZE_MAX + TAG_SIZE),
    indexes: kernels.reserve(4 * STAGED_COUNT),
  };
  return {
    seal(block) {
      checkGcm(block);
      checkInput('plaintexts', block.plaintexts, block.count, block.plaintextSize);
      checkOutput('sealed items', block.sealed, block.count, block.plaintextSize + TAG_SIZE);
      if (block.plaintextSize > GCM_KERNEL_SIZE_MAX) sealLong(block);
      else sealShort(areas, block);
    },
    open(block) {
      checkGcm(block);
      checkInput('sealed items', block.sealed, block.count, block.plaintextSize + TAG_SIZE);
      checkOutput('plaintexts', block.plaintexts, block.count, block.plaintextSize);
      if (block.plaintextSize > GCM_KERNEL_SIZE_MAX) openLong(block);
      else openShort(areas, block);
    },
  };
}

function checkGcm(block: GcmSealBlock | GcmOpenBlock): void {
  checkInput('envelope keys', block.keys, block.count, ENVELOPE_KEY_SIZE);
  checkList('status bytes', block.status, block.count);
}

function sealShort(areas: Areas, block: GcmSealBlock): void {
  const { keys, plaintexts, sealed, indexes } = areas;
  const size = block.plaintextSize;
  for (let first = 0; first < block.count; first += STAGED_COUNT) {
    const staged = Math.min(STAGED_COUNT, block.count - first);
    const active = listActive(areas, block.status, first, staged);
    if (active.length === 0) continue;
    keys.placeInputs(block.keys, first, staged, ENVELOPE_KEY_SIZE);
    plaintexts.placeInputs(block.plaintexts, first, staged, size);
    sealed.placeOutputs(block.sealed, first, size + TAG_SIZE);
    areas.kernels.exports.sealItems(
      active.length,
      indexes,
      keys.address,
      keys.stride,
      plaintexts.address,
      plaintexts.stride,
      size,
      sealed.address,
      sealed.stride,
    );
    if (active.length === staged) sealed.collectAll(block.sealed, first, staged, size + TAG_SIZE);
    else for (const i of active) sealed.collect(block.sealed, first, i, size + TAG_SIZE);
  }
}

function openShort(areas: Areas, block: GcmOpenBlock): void {
  const { keys, plaintexts, sealed, indexes } = areas;
  const size = block.plaintextSize;
  for (let first = 0; first < block.count; first += STAGED_COUNT) {
    const staged = Math.min(STAGED_COUNT, block.count - first);
    const active = listActive(areas, block.status, first, staged);
    if (active.length === 0) continue;
    keys.placeInputs(block.keys, first, staged, ENVELOPE_KEY_SIZE);
    sealed.placeInputs(block.sealed, first, staged, size + TAG_SIZE);
    plaintexts.placeOutputs(block.plaintexts, first, size);
    areas.kernels.exports.openItems(
      active.length,
      indexes,
      keys.address,
      keys.stride,
      sealed.address,
      sealed.stride,
      size,
      plaintexts.address,
      plaintexts.stride,
    );
    if (active.length === staged && !active.includes(REFUSED)) {
      plaintexts.collectAll(block.plaintexts, first, staged, size);
      continue;
    }
    let next = 0;
    for (let i = 0; i < staged; i++) {
      if (block.status[first + i] !== 0) continue;
      if (active[next++] === REFUSED) block.status[first + i] = block.failure;
      else plaintexts.collect(block.plaintexts, first, i, size);
    }
  }
}

/** Writes the indexes of the slots to work on to where the kernels read them. */
function listActive(
  { kernels, indexes }: Areas,
  status: Uint8Array,
  first: number,
  staged: number,
): Uint32Array {
  const list = new Uint32Array(kernels.memory.buffer, indexes, STAGED_COUNT);
  let active = 0;
  for (let i = 0; i < staged; i++) if (status[first + i] === 0) list[active++] = i;
  return list.subarray(0, active);
}

function sealLong(block: GcmSealBlock): void {
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    const plaintext = slot(block.plaintexts, i, block.plaintextSize);
    const start = block.sealed.offset + i * block.sealed.stride;
    writeSealed(slot(block.keys, i, ENVELOPE_KEY_SIZE), plaintext, block.sealed.bytes, start);
  }
}

function openLong(block: GcmOpenBlock): void {
  for (let i = 0; i < block.count; i++) {
    if (block.status[i] !== 0) continue;
    const sealed = slot(block.sealed, i, block.plaintextSize + TAG_SIZE);
    const plaintext = openSealed(slot(block.keys, i, ENVELOPE_KEY_SIZE), sealed);
    if (plaintext === undefined) block.status[i] = block.failure;
    else
      block.plaintexts.bytes.set(plaintext, block.plaintexts.offset + i * block.plaintexts.stride);
  }
}
