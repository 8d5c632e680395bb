/** `priolab schema <kind>`: the JSON Schema of scenario files, and of what runs leave behind. */

import {
  EXIT,
  comparisonJsonSchema,
  scaleJsonSchema,
  scenarioJsonSchema,
  summaryJsonSchema,
} from '@priolab/harness';

import { parse, usage } from '../arguments.ts';

const schemas = {
  scenario: scenarioJsonSchema,
  summary: summaryJsonSchema,
  scale: scaleJsonSchema,
  comparison: comparisonJsonSchema,
};

export function schema(args: readonly string[]): Promise<number> {
  const { positionals } = parse('schema', args, {});
  const [kind] = positionals;
  if (positionals.length !== 1 || kind === undefined || !Object.hasOwn(schemas, kind)) {
    const got = positionals.length === 0 ? 'nothing' : `"${positionals.join(' ')}"`;
    throw usage('schema', `got ${got}; allowed: ${Object.keys(schemas).join(', ')}`);
  }
  console.log(JSON.stringify(schemas[kind as keyof typeof schemas](), null, 2));
  return Promise.resolve(EXIT.pass);
}
