/** As much of JSON Schema as the API's description uses; anything else in it is an error. */

type Schema = Readonly<Record<string, unknown>>;

const HANDLED = new Set([
  'type', 'enum', 'pattern', 'format', 'required', 'properties', 'additionalProperties', 'items',
  'description', '$ref',
]); // prettier-ignore

/** What is wrong with a value, by path; nothing where it is as the schema says. */
export function faultsOf(value: unknown, schema: Schema, root: object, path = '$'): string[] {
  for (const key of Object.keys(schema)) if (!HANDLED.has(key)) return [`${path}: ${key}?`];
  const ref = schema['$ref'] as string | undefined;
  if (ref !== undefined) return faultsOf(value, resolve(ref, root), root, path);
  const types = schema['type'] === undefined ? undefined : [schema['type']].flat();
  const type = typeOf(value);
  const isNumber = type === 'integer' && types?.includes('number') === true;
  if (types !== undefined && !types.includes(type) && !isNumber) return [`${path}: is ${type}`];
  const allowed = schema['enum'] as unknown[] | undefined;
  if (allowed !== undefined && !allowed.includes(value)) return [`${path}: ${String(value)}`];
  const pattern = schema['pattern'] as string | undefined;
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(String(value))) return [path];
  if (schema['format'] === 'date-time' && Number.isNaN(Date.parse(String(value)))) return [path];
  if (Array.isArray(value)) {
    const items = schema['items'] as Schema | undefined;
    return items === undefined
      ? []
      : value.flatMap((one, i) => faultsOf(one, items, root, `${path}[${i}]`));
  }
  return type === 'object' ? memberFaults(value as object, schema, root, path) : [];
}

function memberFaults(value: object, schema: Schema, root: object, path: string): string[] {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const required = (schema['required'] ?? []) as string[];
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
  return [
    ...missing.map((name) => `${path}.${name}: is missing`),
    ...(schema['additionalProperties'] === false ? unknown.map((name) => `${path}.${name}?`) : []),
    ...Object.entries(value).flatMap(([name, one]) => {
      const inner = properties[name];
      return inner === undefined ? [] : faultsOf(one, inner, root, `${path}.${name}`);
    }),
  ];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function resolve(ref: string, root: object): Schema {
  let at: unknown = root;
  for (const name of ref.replace(/^#\//, '').split('/')) at = (at as Schema)[name];
  if (at === undefined) throw new Error(`${ref} leads nowhere`);
  return at as Schema;
}
