/** `priolab list`: the scenarios below folders, the invalid ones among them too. */

import { statSync } from 'node:fs';

import { EXIT, UsageError } from '@priolab/harness';

import { parse, usage } from '../arguments.ts';
import { loadScenario } from '../load.ts';
import { SCENARIO_ENDINGS, scenarioFilesIn } from '../sources/find.ts';
import { printable } from '../streams.ts';

/** A name asked for, and the scenario files that it stands for. */
interface Asked {
  readonly isFolder: boolean;
  readonly files: readonly string[];
}

export async function list(args: readonly string[]): Promise<number> {
  const { positionals } = parse('list', args, {});
  const asked = (positionals.length === 0 ? ['scenarios'] : positionals).map(filesOf);
  let exitCode: number = EXIT.pass;
  for (const { isFolder, files } of asked) {
    for (const file of files) {
      // A folder can be listed whatever is in it; a file that was named is what is asked for.
      if (!(await listFile(file)) && !isFolder) exitCode = EXIT.usage;
    }
  }
  return exitCode;
}

function filesOf(name: string): Asked {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat === undefined) throw usage('list', `no folder or file ${name}`);
  if (!stat.isDirectory()) return { isFolder: false, files: [name] };
  let files: string[];
  try {
    files = scenarioFilesIn(name);
  } catch (error) {
    throw usage('list', `can't read ${name}: ${error instanceof Error ? error.message : ''}`);
  }
  if (files.length === 0) {
    const endings = SCENARIO_ENDINGS.join(', ');
    throw usage('list', `no scenario files below ${name}; they end in ${endings}`);
  }
  return { isFolder: true, files };
}

/** Prints an entry; false where the file is no valid scenario. */
async function listFile(file: string): Promise<boolean> {
  try {
    const { id, about, population } = await loadScenario(file);
    console.log(printable(`${id}  (${population.reports.toLocaleString('en')} reports)`));
    console.log(printable(`  ${about}\n  npx priolab run ${file}\n`));
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.log(printable(`INVALID  ${error.message}\n  npx priolab check ${file}\n`));
    return false;
  }
}
