/** Paths of fields in a scenario, looked up in its schema. */

import { stepsOf } from '../composition/paths.ts';
import { scenarioJsonSchema } from './json-schema.ts';

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** The names on a path that a scenario may have, the last one first; none of any other path. */
export function fieldNames(path: string): string[] {
  const steps = stepsOf(path) ?? [];
  const root = scenarioJsonSchema();
  const parts = root['$defs'] as Readonly<Record<string, Node>>;
  let places = [parts['composed']!];
  for (const step of steps) {
    places = places.flatMap((place) => formsOf(place, parts)).flatMap((form) => into(form, step));
    if (places.length === 0) return [];
  }
  return steps.filter((step) => !/^\d+$/.test(step)).toReversed();
}

/** What a place may hold: itself, or one of several forms. */
function formsOf(place: Node, parts: Readonly<Record<string, Node>>): Node[] {
  const { $ref: to, anyOf, oneOf, allOf } = place;
  if (typeof to === 'string') return formsOf(parts[to.slice('#/$defs/'.length)]!, parts);
  const forms = [anyOf, oneOf, allOf].flatMap((some) => (Array.isArray(some) ? some : []));
  return [place, ...forms.filter(isNode).flatMap((form) => formsOf(form, parts))];
}

function into(form: Node, step: string): Node[] {
  const { properties, additionalProperties, items } = form;
  if (/^\d+$/.test(step) && isNode(items)) return [items];
  if (isNode(properties) && Object.hasOwn(properties, step)) return [properties[step] as Node];
  return isNode(additionalProperties) ? [additionalProperties] : [];
}
