/**
 * Reads the schema that a stranger wrote into a container, within bounds, before the Avro library
 * sees it: as a tree of nodes for the walker (`avro-walk.ts`), and cleaned for the library.
 * Source: Apache Avro 1.11 specification, "Schema Declaration", "Names".
 *
 * Refused beside nonsense: whatever could make work without bytes. `null` stands in unions only, a
 * fixed has a byte at least, a record has fields and holds itself only through a union, array or
 * map. So each step of a walk is paid for by a byte of the input, within `DEPTH_MAX` steps.
 */

import { EnpaError } from './errors.ts';

/** Ours have up to 729 characters; with the `doc` texts of Java about 4000. */
const TEXT_SIZE_MAX = 32 * 1024;
const NODE_COUNT_MAX = 256;
/** How deep types may stand in each other, in the text. */
const DEPTH_MAX = 24;
const FIXED_SIZE_MAX = 2 ** 20;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
/** Names with a meaning to JavaScript objects. */
const UNUSABLE = /(?:^|\.)(?:__proto__|constructor|prototype)(?:\.|$)/;

const PRIMITIVES = [
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
  'null',
] as const;
type Primitive = (typeof PRIMITIVES)[number];

/** One type of a writer's schema, ready to be walked. */
export interface AvroNode {
  readonly kind: Primitive | 'fixed' | 'enum' | 'array' | 'map' | 'union' | 'record';
  /** Fields of a record, branches of a union, the items of an array or map. */
  readonly nodes: readonly AvroNode[];
  /** Field names of a record, in the order of `nodes`. */
  readonly names: readonly string[];
  /** Bytes of a fixed, symbols of an enum. */
  readonly size: number;
}

export interface WriterSchema {
  readonly root: AvroNode;
  /** The same types in the plainest form, with full names: no `doc`, aliases or orders. */
  readonly clean: unknown;
}

interface Scope {
  readonly named: Map<string, { node: AvroNode; isOpen: boolean }>;
  nodeCount: number;
}

interface Parsed {
  readonly node: AvroNode;
  readonly clean: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** @throws EnpaError `schema` unless `text` is a record's schema within the bounds above */
export function parseWriterSchema(text: string): WriterSchema {
  if (text.length > TEXT_SIZE_MAX) throw refusal(`at most ${TEXT_SIZE_MAX} characters`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refusal('JSON');
  }
  const { node, clean } = parse(json, '', 0, { named: new Map(), nodeCount: 0 });
  if (node.kind !== 'record') throw refusal('a record');
  return { root: node, clean };
}

function parse(json: unknown, namespace: string, depth: number, scope: Scope): Parsed {
  scope.nodeCount++;
  if (scope.nodeCount > NODE_COUNT_MAX) throw refusal(`at most ${NODE_COUNT_MAX} types`);
  if (depth > DEPTH_MAX) throw refusal(`types ${DEPTH_MAX} deep at most`);
  if (typeof json === 'string') return parseName(json, namespace, scope);
  if (Array.isArray(json)) return parseUnion(json, namespace, depth, scope);
  if (typeof json !== 'object' || json === null) throw refusal('a type');
  const { type } = json as Json;
  switch (type) {
    case 'record':
    case 'error':
      return parseRecord(json as Json, namespace, depth, scope);
    case 'enum':
      return parseEnum(json as Json, namespace, scope);
    case 'fixed':
      return parseFixed(json as Json, namespace, scope);
    case 'array': {
      const { node, clean } = parsePlaced((json as Json)['items'], namespace, depth + 1, scope);
      return { node: nodeOf('array', { nodes: [node] }), clean: { type, items: clean } };
    }
    case 'map': {
      const { node, clean } = parsePlaced((json as Json)['values'], namespace, depth + 1, scope);
      return { node: nodeOf('map', { nodes: [node] }), clean: { type, values: clean } };
    }
    default:
      // {"type": {"type": ...}} and {"type": "string", "logicalType": ...}.
      return parse(type, namespace, depth + 1, scope);
  }
}

/** A type that must take a byte at least: anything but `null`. */
function parsePlaced(json: unknown, namespace: string, depth: number, scope: Scope): Parsed {
  const parsed = parse(json, namespace, depth, scope);
  if (parsed.node.kind === 'null') throw refusal('null within unions only');
  return parsed;
}

function parseName(name: string, namespace: string, scope: Scope): Parsed {
  const primitive = PRIMITIVES.find((one) => one === name);
  if (primitive !== undefined) return { node: nodeOf(primitive, {}), clean: primitive };
  const full = fullName(name, namespace);
  const known = scope.named.get(full);
  if (known === undefined) throw refusal('a type that is known by its name');
  return { node: known.node, clean: full };
}

function parseUnion(
  branches: readonly unknown[],
  namespace: string,
  depth: number,
  scope: Scope,
): Parsed {
  const parsed = branches.map((branch) => parse(branch, namespace, depth + 1, scope));
  const nodes = parsed.map(({ node }) => node);
  if (nodes.length === 0) throw refusal('a union with branches');
  if (nodes.some(({ kind }) => kind === 'union')) throw refusal('unions without unions in them');
  return { node: nodeOf('union', { nodes }), clean: parsed.map(({ clean }) => clean) };
}

function parseRecord(json: Json, namespace: string, depth: number, scope: Scope): Parsed {
  const name = declaredName(json, namespace);
  const nodes: AvroNode[] = [];
  const names: string[] = [];
  const node = nodeOf('record', { nodes, names });
  const entry = declare(scope, name, node);
  entry.isOpen = true;
  const { fields } = json;
  if (!Array.isArray(fields) || fields.length === 0) throw refusal('a record with fields');
  const space = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
  const clean: unknown[] = [];
  for (const field of fields as readonly unknown[]) {
    if (typeof field !== 'object' || field === null) throw refusal('a field');
    const fieldName = (field as Json)['name'];
    if (typeof fieldName !== 'string' || !isName(fieldName) || fieldName.includes('.')) {
      throw refusal('a name for each field');
    }
    if (names.includes(fieldName)) throw refusal('each field once');
    const parsed = parsePlaced((field as Json)['type'], space, depth + 1, scope);
    // A record straight inside itself has no end.
    for (const { node: open, isOpen } of scope.named.values()) {
      if (isOpen && parsed.node === open) throw refusal('a record of finite size');
    }
    nodes.push(parsed.node);
    names.push(fieldName);
    clean.push({ name: fieldName, type: parsed.clean });
  }
  entry.isOpen = false;
  return { node, clean: { type: 'record', name, fields: clean } };
}

function parseEnum(json: Json, namespace: string, scope: Scope): Parsed {
  const name = declaredName(json, namespace);
  const { symbols } = json;
  const isEnum =
    Array.isArray(symbols) &&
    symbols.length > 0 &&
    symbols.every((symbol) => typeof symbol === 'string' && isName(symbol)) &&
    new Set(symbols).size === symbols.length;
  if (!isEnum) throw refusal('an enum with symbols');
  const node = nodeOf('enum', { size: symbols.length });
  declare(scope, name, node);
  return { node, clean: { type: 'enum', name, symbols } };
}

function parseFixed(json: Json, namespace: string, scope: Scope): Parsed {
  const name = declaredName(json, namespace);
  const { size } = json;
  if (!(typeof size === 'number' && Number.isInteger(size) && size > 0 && size <= FIXED_SIZE_MAX)) {
    throw refusal(`a fixed of 1 to ${FIXED_SIZE_MAX} bytes`);
  }
  const node = nodeOf('fixed', { size });
  declare(scope, name, node);
  return { node, clean: { type: 'fixed', name, size } };
}

function nodeOf(kind: AvroNode['kind'], parts: Partial<AvroNode>): AvroNode {
  return { kind, nodes: parts.nodes ?? [], names: parts.names ?? [], size: parts.size ?? 0 };
}

function declare(scope: Scope, name: string, node: AvroNode): { isOpen: boolean } {
  if (scope.named.has(name)) throw refusal('each name once');
  const entry = { node, isOpen: false };
  scope.named.set(name, entry);
  return entry;
}

function declaredName(json: Json, namespace: string): string {
  const { name, namespace: own } = json;
  if (typeof name !== 'string') throw refusal('a name');
  return fullName(name, typeof own === 'string' ? own : namespace);
}

function fullName(name: string, namespace: string): string {
  const full = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
  if (!isName(full)) throw refusal('a name of letters, digits and _');
  return full;
}

function isName(name: string): boolean {
  return NAME.test(name) && !UNUSABLE.test(name);
}

function refusal(expected: string): EnpaError {
  return new EnpaError('schema', `schema of the writer: expected ${expected}, got another`);
}
