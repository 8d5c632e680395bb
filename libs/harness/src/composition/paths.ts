/**
 * The paths of `with`: `population.reports`, `nemesis[0].p` or `nemesis.0.p`. Setting copies what
 * is on the way; `null` takes a field out. A path may make new fields, but no new places in lists.
 */

import { isFields, own } from './layers.ts';
import type { Fields } from './layers.ts';

const FORM = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+|\[\d+\])*$/;

/** The steps of a path; undefined where it is none. */
export function stepsOf(path: string): string[] | undefined {
  if (!FORM.test(path)) return undefined;
  return path.replaceAll('[', '.').replaceAll(']', '').split('.');
}

/** A copy with one path set; a text where that can't be. */
export function setAt(
  value: Fields,
  steps: readonly string[],
  to: unknown,
): { readonly value: Fields } | { readonly problem: string } {
  const changed = change(value, steps, to, []);
  return typeof changed === 'string' ? { problem: changed } : { value: changed as Fields };
}

function change(
  value: unknown,
  steps: readonly string[],
  to: unknown,
  done: readonly string[],
): object | string {
  const [step, ...rest] = steps;
  if (step === undefined) throw new RangeError('a path has a step');
  const isLast = rest.length === 0;
  const into = (inner: unknown): unknown =>
    isLast ? to : change(inner ?? {}, rest, to, [...done, step]);
  const name = done.length === 0 ? 'the scenario' : done.join('.');
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    if (!/^\d+$/.test(step) || Number(step) >= list.length) {
      return `${name} has ${list.length} items; allowed: one of their numbers, from 0`;
    }
    const inner = into(list[Number(step)]);
    if (typeof inner === 'string' && !isLast) return inner;
    if (isLast && to === null) return list.toSpliced(Number(step), 1);
    return list.with(Number(step), inner);
  }
  if (!isFields(value)) return `${name} is ${JSON.stringify(value)}, which has no fields`;
  const inner = into(own(value, step));
  if (typeof inner === 'string' && !isLast) return inner;
  const others = Object.entries(value).filter(([key]) => key !== step);
  if (isLast && to === null) return Object.fromEntries(others);
  if (others.length === Object.keys(value).length) return { ...value, [step]: inner };
  // In its old place: the order of keys is the order of messages.
  const entries = Object.entries(value).map(([key, old]) => [key, key === step ? inner : old]);
  return Object.fromEntries(entries) as object;
}
