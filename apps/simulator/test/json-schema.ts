/**
 * Checks a value against a JSON Schema: as much of draft 2020-12 as our printed schemas use. It
 * shares no code with what makes them. A keyword that it does not know is an error, so that nothing
 * of a schema is passed over.
 */

type Schema = Readonly<Record<string, unknown>>;
type Check = (value: unknown, of: Checked) => string[];

interface Checked {
  /** The keyword's own value. */
  readonly says: never;
  readonly schema: Schema;
  readonly root: Schema;
  readonly at: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isOfType(value: unknown, type: string | readonly string[]): boolean {
  if (typeof type !== 'string') return type.some((one) => isOfType(value, one));
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  // eslint-disable-next-line valid-typeof -- `type` is one of the schema's words
  return typeof value === type;
}

const when = (wrong: boolean, { at }: Checked, text: string): string[] =>
  wrong ? [`${at}: ${text}`] : [];

const number =
  (fits: (value: number, limit: number) => boolean, sign: string): Check =>
  (value, of) =>
    when(typeof value === 'number' && !fits(value, of.says), of, `expected ${sign} ${of.says}`);

const size =
  (is: (value: unknown) => number | undefined, fits: (size: number, limit: number) => boolean) =>
  (value: unknown, of: Checked): string[] => {
    const found = is(value);
    return when(found !== undefined && !fits(found, of.says), of, `got a size of ${found}`);
  };

const lengthOf = (value: unknown) => (typeof value === 'string' ? value.length : undefined);
const itemsOf = (value: unknown) => (Array.isArray(value) ? value.length : undefined);
const atLeast = (value: number, limit: number): boolean => value >= limit;
const atMost = (value: number, limit: number): boolean => value <= limit;
const nothing: Check = () => [];

const entriesOf = (value: unknown): [string, unknown][] =>
  isObject(value) ? Object.entries(value) : [];

const keywords: Readonly<Record<string, Check>> = {
  $schema: nothing,
  $defs: nothing,
  title: nothing,
  description: nothing,
  default: nothing,
  // An annotation unless one asks for more: our schemas say each by a pattern as well.
  format: nothing,
  type: (value, of) => when(!isOfType(value, of.says), of, `expected ${String(of.says)}`),
  const: (value, of) => when(value !== of.says, of, `expected ${JSON.stringify(of.says)}`),
  enum: (value, of) =>
    when(!(of.says as unknown[]).includes(value), of, `got ${JSON.stringify(value)}`),
  pattern: (value, of) =>
    when(typeof value === 'string' && !new RegExp(of.says, 'u').test(value), of, 'its form'),
  minimum: number(atLeast, '>='),
  maximum: number(atMost, '<='),
  exclusiveMinimum: number((value, limit) => value > limit, '>'),
  exclusiveMaximum: number((value, limit) => value < limit, '<'),
  minLength: size(lengthOf, atLeast),
  maxLength: size(lengthOf, atMost),
  minItems: size(itemsOf, atLeast),
  maxItems: size(itemsOf, atMost),
  required: (value, of) =>
    (of.says as string[]).flatMap((name) =>
      when(isObject(value) && !Object.hasOwn(value, name), of, `has no ${name}`),
    ),
  properties: (value, of) =>
    Object.entries(of.says as Record<string, unknown>).flatMap(([name, schema]) =>
      isObject(value) && Object.hasOwn(value, name) ? inside(value[name], schema, of, name) : [],
    ),
  propertyNames: (value, of) =>
    entriesOf(value).flatMap(([name]) => inside(name, of.says, of, name)),
  additionalProperties: (value, of) => {
    const known = Object.keys((of.schema['properties'] ?? {}) as object);
    return entriesOf(value)
      .filter(([name]) => !known.includes(name))
      .flatMap(([name, one]) => inside(one, of.says, of, name));
  },
  prefixItems: (value, of) =>
    (of.says as unknown[]).flatMap((schema, i) =>
      Array.isArray(value) && i < value.length ? inside(value[i], schema, of, String(i)) : [],
    ),
  items: (value, of) => {
    const from = ((of.schema['prefixItems'] ?? []) as unknown[]).length;
    const items: unknown[] = Array.isArray(value) ? value.slice(from) : [];
    return items.flatMap((one, i) => inside(one, of.says, of, String(from + i)));
  },
  anyOf: (value, of) => {
    const all = (of.says as unknown[]).map((schema) => inside(value, schema, of));
    return when(!all.some((problems) => problems.length === 0), of, 'none of those allowed');
  },
  allOf: (value, of) => (of.says as unknown[]).flatMap((schema) => inside(value, schema, of)),
  $ref: (value, of) => {
    const path = String(of.says).replace('#/', '').split('/');
    const found = path.reduce<unknown>((one, name) => (one as Schema)[name], of.root);
    return inside(value, found, of);
  },
};

function inside(value: unknown, schema: unknown, of: Checked, name?: string): string[] {
  return check(value, schema, of.root, name === undefined ? of.at : `${of.at}/${name}`);
}

function check(value: unknown, schema: unknown, root: Schema, at: string): string[] {
  if (schema === true) return [];
  if (schema === false) return [`${at}: not allowed`];
  return Object.entries(schema as Schema).flatMap(([keyword, says]) => {
    const one = keywords[keyword];
    if (one === undefined) throw new RangeError(`no check for the keyword ${keyword}`);
    return one(value, { says: says as never, schema: schema as Schema, root, at });
  });
}

/** What is wrong with a value, each with the path to it; empty: nothing. */
export function schemaProblems(schema: Schema, value: unknown): string[] {
  return check(value, schema, schema, '');
}
