/** `priolab schema scenario`: the JSON Schema of scenario files. */

import { EXIT, scenarioJsonSchema } from '@priolab/harness';

import { parse, usage } from '../arguments.ts';

export function schema(args: readonly string[]): Promise<number> {
  const { positionals } = parse('schema', args, {});
  if (positionals.length !== 1 || positionals[0] !== 'scenario') {
    const got = positionals.length === 0 ? 'nothing' : `"${positionals.join(' ')}"`;
    throw usage('schema', `got ${got}; allowed: scenario`);
  }
  console.log(JSON.stringify(scenarioJsonSchema(), null, 2));
  return Promise.resolve(EXIT.pass);
}
