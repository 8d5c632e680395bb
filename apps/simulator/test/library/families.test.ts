/** The library's other families, each scenario run, and its README. */

import { expect, test } from 'vitest';

import { FAMILIES, files, filesOf, load, nameOf, testFamily, textOf } from './library.ts';

/** Beside the families: large, for fuzzing, or run by `.ci/run` itself. */
const NOT_RUN_HERE = [
  'faults/network',
  'fortnight',
  'million',
  'sampled-week',
  'smoke',
  'smoke-http',
  'smoke-msw',
  'smoke-processes',
  'swarm',
  'ten-million',
  'us-day',
  'wide-histogram',
];

for (const family of FAMILIES) if (family !== 'incidents') testFamily(family);

test('every scenario is of a family, or known not to be run here', () => {
  const ofFamilies = FAMILIES.flatMap(filesOf);
  const others = files.filter((file) => !ofFamilies.includes(file)).map(nameOf);
  expect(others.toSorted()).toEqual(NOT_RUN_HERE);
});

test('the README names each scenario once, in its own words, and no other', async () => {
  const rows = [...textOf('README.md').matchAll(/^\| \[[^\]]+\]\(([^)]+)\) +\| (.+?) +\|$/gm)];
  const said = rows.map(([, file, about]) => ({ file: file!, about: about! }));
  const named = said.map(({ file }) => file);
  expect(named.toSorted()).toEqual(files.toSorted());
  for (const { file, about } of said) expect((await load(file)).about).toBe(about);
});
