/** `priolab list`: the scenarios below a folder. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { EXIT } from '@priolab/harness';

import { parse, usage } from '../arguments.ts';
import { loadScenario } from '../load.ts';

export async function list(args: readonly string[]): Promise<number> {
  const { positionals } = parse('list', args, {});
  const [folder = 'scenarios'] = positionals;
  if (!existsSync(folder)) throw usage('list', `no folder ${folder}`);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.scenario.ts'))
    .sort()
    .map((name) => join(folder, name));
  if (files.length === 0) throw usage('list', `no *.scenario.ts below ${folder}`);
  for (const file of files) {
    const { id, about, population } = await loadScenario(file);
    console.log(`${id}  (${population.reports.toLocaleString('en')} reports)`);
    console.log(`  ${about}`);
    console.log(`  npx priolab run ${file}\n`);
  }
  return EXIT.pass;
}
