/** The JSON Schema for editors says the same of single fields as the schema that checks them. */

import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { scenarioJsonSchema } from '../../src/index.ts';
import { scenarioSchema } from '../../src/scenario/scenario.ts';
import { smallInput } from '../run/fixture.ts';

const schema = scenarioJsonSchema() as { $defs: Record<string, object> };

/** The printed schema, read back: what an editor would make of it. */
function readBack(name: 'whole' | 'composed'): z.ZodType {
  const { $defs } = schema;
  return z.fromJSONSchema({ ...$defs[name], $defs } as never);
}

const timed = {
  ...smallInput,
  clock: 'simulated',
  nemesis: [{ id: 'net.drop', p: 0.5, from: '1h' }],
  load: [{ shape: 'storm', width: '30s' }],
  expect: ['once', { kind: 'sometimes', id: 'net.drop' }, { id: 'memory', atMostMiB: 5 }],
};

test.each<[string, object]>([
  ['as it is', smallInput],
  ['in simulated time', timed],
  ['an unknown key', { ...smallInput, seeed: 1 }],
  ['an unknown key inside', { ...smallInput, services: { ingestion: { replica: 2 } } }],
  ['an unknown fault', { ...timed, nemesis: [{ id: 'net.dropp' }] }],
  ['a time without unit', { ...timed, heal: { at: 5 } }],
  ['an odd time', { ...timed, heal: { at: '5 h' } }],
  ['too many replicas', { ...smallInput, services: { ingestion: { replicas: 9 } } }],
  ['no population', { ...smallInput, population: undefined }],
  ['an odd expectation', { ...smallInput, expect: [{ kind: 'sometimes', id: 'once' }] }],
])('the two agree: %s', (_, value) => {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  expect(readBack('whole').safeParse(plain).success).toBe(scenarioSchema.safeParse(plain).success);
});

describe('a file that is built on others', () => {
  const composed = { id: 'a', about: 'b', extends: './x.yaml', population: { days: 2 } };

  test('may leave out what those say', () => {
    expect(readBack('composed').safeParse(composed).success).toBe(true);
    expect(readBack('whole').safeParse(composed).success).toBe(false);
  });

  test.each<[string, object]>([
    ['but not its name', { ...composed, id: undefined }],
    ['nor say what is unknown', { ...composed, population: { dayz: 2 } }],
    ['nor a fault without its id', { ...composed, nemesis: [{ p: 0.5 }] }],
  ])('%s', (_, value) => {
    const plain: unknown = JSON.parse(JSON.stringify(value));
    expect(readBack('composed').safeParse(plain).success).toBe(false);
  });
});
