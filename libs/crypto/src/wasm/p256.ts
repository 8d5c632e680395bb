/**
 * P-256 by the kernels, in blocks: multiples of one point, of many points by one scalar, and the
 * sums u1 G + u2 Q of ECDSA. What is here drives the kernels chunk by chunk; the arithmetic is in
 * `kernels/`. Not constant-time: scalars choose table entries.
 *
 * Kernels share one inversion among a chunk. Where that meets a 0, which takes an unusual scalar or
 * one that was chosen to annoy, the chunk is halved until what is to blame is alone; that is done
 * by the reference, so that results are exact for all inputs.
 */

import { CryptoError } from '../errors.ts';
import { checkInput, checkList, checkOutput, slot } from '../layout.ts';
import { checkScalar } from '../scalars.ts';
import { POINT_SIZE, SCALAR_SIZE } from '../backend.ts';
import type { Strided } from '../backend.ts';
import { agreeExactly, combineExactly, multiplyExactly } from './exact.ts';
import { createFixedBases, FixedBase } from './fixed-bases.ts';
import type { FixedBases } from './fixed-bases.ts';
import type { KernelInstance } from './instance.ts';
import { PointKeys } from './point-keys.ts';
import { SHARED_MULTIPLES, signedWindows } from './signed-windows.ts';
import { AFFINE_SIZE, CHUNK_COUNT, createWorkspace, ELEMENT_SIZE, KEY_WIDTH } from './workspace.ts';
import type { Workspace } from './workspace.ts';

export interface FixedBaseBlock {
  readonly count: number;
  readonly base: FixedBase;
  /** Scalars in [1, n-1], 32 bytes each. */
  readonly scalars: Strided;
  /** Receives 65-byte points, or only their x coordinates, 32 bytes each. */
  readonly out: Strided;
  readonly coordinates: 'both' | 'x';
  readonly status: Uint8Array;
}

export interface AgreementBlock {
  readonly count: number;
  readonly scalar: Uint8Array;
  /** 65-byte points of strangers. */
  readonly points: Strided;
  /** Receives the x coordinate of scalar * point, 32 bytes each. */
  readonly sharedX: Strided;
  readonly status: Uint8Array;
  /** Written into `status` where the point is not on the curve. */
  readonly failure: number;
}

export interface CombinationBlock {
  readonly count: number;
  /** Scalars below n, 32 bytes each. */
  readonly u1: Strided;
  readonly u2: Strided;
  readonly keys: PointKeys;
  /** Index into `keys` for each slot. */
  readonly keyIndex: Int32Array | Uint32Array;
  /** Receives the x coordinate of u1 G + u2 Q, 32 bytes each. */
  readonly x: Strided;
  readonly status: Uint8Array;
  /** Written into `status` where the sum is the point at infinity or there is no such key. */
  readonly failure: number;
}

/** Slots whose status is not 0 are skipped. */
export interface P256 {
  readonly generator: FixedBase;
  /** A point to multiply often: the first use takes some 15 ms; throws `invalid-point`. */
  fixedBase(point: Uint8Array): FixedBase;
  keys(): PointKeys;
  multiplyFixed(block: FixedBaseBlock): void;
  agree(block: AgreementBlock): void;
  combine(block: CombinationBlock): void;
}

interface Engine {
  readonly kernels: KernelInstance;
  readonly bases: FixedBases;
  readonly workspace: Workspace;
  readonly generator: FixedBase;
}

export function createP256(
  kernels: KernelInstance,
  workspace: Workspace = createWorkspace(kernels),
): P256 {
  const bases = createFixedBases(kernels, workspace);
  const engine = { kernels, workspace, bases, generator: bases.generator };
  return {
    generator: bases.generator,
    fixedBase(point) {
      if (!workspace.importPoint(point)) {
        throw new CryptoError('invalid-point', 'an uncompressed point on P-256', 'other bytes');
      }
      return new FixedBase(point);
    },
    keys: () => new PointKeys(workspace),
    multiplyFixed: (block) => multiplyFixed(engine, block),
    agree: (block) => agree(engine, block),
    combine: (block) => combine(engine, block),
  };
}

function multiplyFixed({ kernels, workspace, bases }: Engine, block: FixedBaseBlock): void {
  const { base, scalars, out, status } = block;
  const size = block.coordinates === 'both' ? POINT_SIZE : SCALAR_SIZE;
  checkInput('scalars', scalars, block.count, SCALAR_SIZE);
  checkOutput('multiples', out, block.count, size);
  checkList('status bytes', status, block.count);
  const { multiplied, selected, products, digits, bytes } = workspace;
  const { address: table, width } = bases.table(base);
  forActive(
    workspace,
    block.count,
    status,
    (slots) => {
      for (const i of slots) checkScalar('scalar', slot(scalars, i, SCALAR_SIZE));
      workspace.stage(workspace.scalars, scalars, slots, SCALAR_SIZE);
      const groups = Math.ceil(slots.length / 4);
      const { exports } = kernels;
      exports.recode(digits, workspace.scalars, 4 * groups, width);
      if (!exports.multiplyFixed(multiplied, table, digits, width, groups, selected, products)) {
        return false;
      }
      if (size === SCALAR_SIZE) {
        exports.exportElements(bytes, SCALAR_SIZE, multiplied, AFFINE_SIZE, groups);
      } else workspace.exportPoints(groups);
      workspace.unstage(out, slots, size);
      return true;
    },
    (i) => {
      const point = multiplyExactly(base.point, slot(scalars, i, SCALAR_SIZE));
      slot(out, i, size).set(size === POINT_SIZE ? point : point.subarray(1, 1 + SCALAR_SIZE));
    },
  );
}

function agree({ kernels, workspace }: Engine, block: AgreementBlock): void {
  const { scalar, points, sharedX, status, failure } = block;
  checkScalar('private scalar', scalar);
  checkInput('points', points, block.count, POINT_SIZE);
  checkOutput('x coordinates', sharedX, block.count, SCALAR_SIZE);
  checkList('status bytes', status, block.count);
  const { tables, jacobian, selected, products, elements, valid } = workspace;
  const schedule = signedWindows(scalar);
  forActive(
    workspace,
    block.count,
    status,
    (slots) => {
      const { exports } = kernels;
      const groups = Math.ceil(slots.length / 4);
      workspace.stage(workspace.bytes, points, slots, POINT_SIZE);
      exports.importPoints(selected, workspace.bytes, POINT_SIZE, groups, valid);
      const verdicts = workspace.view(valid, slots.length);
      slots.forEach((i, at) => (status[i] = verdicts[at] === 1 ? 0 : failure));
      workspace.spreadPoints(tables, SHARED_MULTIPLES, selected, groups);
      workspace.view(workspace.schedule, schedule.length).set(schedule);
      if (!exports.oddMultiples(tables, SHARED_MULTIPLES, groups, selected, products)) return false;
      exports.multiplyByOne(
        jacobian,
        tables,
        SHARED_MULTIPLES,
        workspace.schedule,
        schedule.length,
        groups,
      );
      if (!exports.toAffineX(elements, jacobian, groups, products)) return false;
      exports.exportElements(workspace.bytes, SCALAR_SIZE, elements, ELEMENT_SIZE, groups);
      workspace.unstage(sharedX, slots, SCALAR_SIZE, status);
      return true;
    },
    (i) => {
      if (status[i] !== 0) return;
      slot(sharedX, i, SCALAR_SIZE).set(agreeExactly(scalar, slot(points, i, POINT_SIZE)));
    },
  );
}

function combine(engine: Engine, block: CombinationBlock): void {
  const { u1, u2, keys, keyIndex, x, status, failure } = block;
  checkInput('scalars u1', u1, block.count, SCALAR_SIZE);
  checkInput('scalars u2', u2, block.count, SCALAR_SIZE);
  checkList('key indexes', keyIndex, block.count);
  checkOutput('x coordinates', x, block.count, SCALAR_SIZE);
  checkList('status bytes', status, block.count);
  for (let i = 0; i < block.count; i++) {
    if (status[i] === 0 && !keys.has(keyIndex[i]!)) status[i] = failure;
  }
  forActive(
    engine.workspace,
    block.count,
    status,
    (slots) => {
      const base = keys.frequent(keyIndex, slots);
      if (base !== undefined) return combineWithTable(engine, block, base, slots);
      return combineChunk(engine, block, slots);
    },
    (i) => {
      const [a, b] = [slot(u1, i, SCALAR_SIZE), slot(u2, i, SCALAR_SIZE)];
      const sum = combineExactly(a, b, keys.point(keyIndex[i]!));
      if (sum === undefined) status[i] = failure;
      else slot(x, i, SCALAR_SIZE).set(sum);
    },
  );
}

function combineChunk(engine: Engine, block: CombinationBlock, slots: Uint32Array): boolean {
  const { workspace, bases, generator } = engine;
  const { exports } = engine.kernels;
  const { tables, jacobian, selected, products, digits, multiplied, elements } = workspace;
  const { address: table, width } = bases.table(generator);
  const groups = Math.ceil(slots.length / 4);
  workspace.stage(workspace.scalars, block.u1, slots, SCALAR_SIZE);
  exports.recode(digits, workspace.scalars, 4 * groups, width);
  if (!exports.multiplyFixed(multiplied, table, digits, width, groups, selected, products)) {
    return false;
  }
  block.keys.stage(block.keyIndex, slots);
  const multiples = 2 ** (KEY_WIDTH - 1);
  const tableSize = multiples * AFFINE_SIZE;
  exports.selectKeys(tables, tableSize, workspace.bytes, workspace.indexes, groups);
  if (!exports.oddMultiples(tables, multiples, groups, selected, products)) return false;
  workspace.stage(workspace.scalars, block.u2, slots, SCALAR_SIZE);
  exports.recode(digits, workspace.scalars, 4 * groups, KEY_WIDTH);
  exports.multiplyEach(jacobian, tables, digits, KEY_WIDTH, groups);
  exports.addToEach(jacobian, multiplied, groups);
  if (!exports.toAffineX(elements, jacobian, groups, products)) return false;
  exports.exportElements(workspace.bytes, SCALAR_SIZE, elements, ELEMENT_SIZE, groups);
  workspace.unstage(block.x, slots, SCALAR_SIZE);
  return true;
}

/** The same where one key has signed all: an authority's, which is worth a table. */
function combineWithTable(
  engine: Engine,
  block: CombinationBlock,
  base: FixedBase,
  slots: Uint32Array,
): boolean {
  const { workspace, bases, generator } = engine;
  const { exports } = engine.kernels;
  const { digits, multiplied, selected, products, jacobian } = workspace;
  const groups = Math.ceil(slots.length / 4);
  const multiply = (into: number, of: FixedBase, scalars: Strided): boolean => {
    const { address: table, width } = bases.table(of);
    workspace.stage(workspace.scalars, scalars, slots, SCALAR_SIZE);
    exports.recode(digits, workspace.scalars, 4 * groups, width);
    return exports.multiplyFixed(into, table, digits, width, groups, selected, products) !== 0;
  };
  // The area for Jacobian points, which are larger, holds the second multiples.
  if (!multiply(multiplied, generator, block.u1) || !multiply(jacobian, base, block.u2)) {
    return false;
  }
  const pair = [multiplied, AFFINE_SIZE, jacobian, AFFINE_SIZE] as const;
  if (!exports.addPoints(multiplied, AFFINE_SIZE, ...pair, groups, products)) return false;
  exports.exportElements(workspace.bytes, SCALAR_SIZE, multiplied, AFFINE_SIZE, groups);
  workspace.unstage(block.x, slots, SCALAR_SIZE);
  return true;
}

/** Runs `chunk` on the slots that are not refused; what it can't do in fours, `exactly` does. */
function forActive(
  workspace: Workspace,
  count: number,
  status: Uint8Array,
  chunk: (slots: Uint32Array) => boolean,
  exactly: (slot: number) => void,
): void {
  const run = (slots: Uint32Array): void => {
    if (chunk(slots)) return;
    if (slots.length <= 4) {
      slots.forEach(exactly);
      return;
    }
    const half = 4 * Math.ceil(slots.length / 8);
    run(slots.slice(0, half));
    run(slots.slice(half));
  };
  for (let next = 0; next < count;) {
    const slots = new Uint32Array(CHUNK_COUNT);
    let active = 0;
    for (; next < count && active < CHUNK_COUNT; next++) {
      if (status[next] === 0) slots[active++] = next;
    }
    if (active > 0) run(slots.subarray(0, active));
  }
}
