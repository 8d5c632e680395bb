/**
 * Plain values laid over each other: objects merge key by key, lists are joined without what is in
 * them already, anything else is replaced by the later layer. Layers of one rank (siblings) must
 * not disagree: where two of them set one leaf to different values, that is a conflict.
 * Copies; mutates nothing that it is given.
 */

import { canonicalJson } from '../scenario/canonical-json.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A value and what to call it in messages. */
export interface Layer {
  readonly name: string;
  readonly value: Fields;
}

/** Two siblings that set one leaf to different values. */
export interface Conflict {
  readonly path: readonly string[];
  readonly sides: readonly [Side, Side];
}

interface Side {
  readonly name: string;
  readonly value: unknown;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `upper` over `lower`. */
export function lay(lower: unknown, upper: unknown): unknown {
  if (upper === undefined) return lower;
  if (Array.isArray(lower) && Array.isArray(upper)) return joined(lower, upper);
  if (!isFields(lower) || !isFields(upper)) return upper;
  const keys = [...new Set([...Object.keys(lower), ...Object.keys(upper)])];
  return Object.fromEntries(keys.map((key) => [key, lay(own(lower, key), own(upper, key))]));
}

function joined(lower: readonly unknown[], upper: readonly unknown[]): unknown[] {
  const seen = new Set<string>();
  return [...lower, ...upper].filter((item) => {
    const key = canonicalJson(item);
    return !seen.has(key) && seen.add(key);
  });
}

/** Siblings on top of each other, and every leaf on which they disagree. */
export function laySiblings(layers: readonly Layer[]): {
  value: Fields;
  conflicts: readonly Conflict[];
} {
  const conflicts: Conflict[] = [];
  // Leaves and lists by path: who set them first.
  const setBy = new Map<string, Side>();
  for (const { name, value } of layers) {
    for (const { path, value: leaf } of leavesOf(value)) {
      const key = canonicalJson(path);
      const before = setBy.get(key) ?? insideOf(setBy, path);
      const isJoined = Array.isArray(before?.value) && Array.isArray(leaf);
      if (before === undefined) setBy.set(key, { name, value: leaf });
      else if (!isJoined && canonicalJson(before.value) !== canonicalJson(leaf)) {
        conflicts.push({ path, sides: [before, { name, value: leaf }] });
      }
    }
  }
  const value = layers.reduce<Fields>((lower, layer) => lay(lower, layer.value) as Fields, {});
  return { value, conflicts };
}

/** A leaf above the path, or any below it: one sibling says an object where another does not. */
function insideOf(setBy: ReadonlyMap<string, Side>, path: readonly string[]): Side | undefined {
  for (let length = 1; length < path.length; length++) {
    const above = setBy.get(canonicalJson(path.slice(0, length)));
    if (above !== undefined) return above;
  }
  const prefix = `${canonicalJson(path).slice(0, -1)},`;
  for (const [key, side] of setBy) if (key.startsWith(prefix)) return side;
  return undefined;
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Everything in a value that is no object with fields, with its path. */
export function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (!isFields(value)) return value === undefined ? [] : [{ path, value }];
  const keys = Object.keys(value);
  if (keys.length === 0) return [];
  return keys.flatMap((key) => leavesOf(value[key], [...path, key]));
}

export function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
