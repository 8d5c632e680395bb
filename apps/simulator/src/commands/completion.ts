/** `priolab completion`: a shell's script, and for that script the words that may come next. */

import { fileURLToPath } from 'node:url';

import { EXIT, didYouMean } from '@priolab/harness';

import { parse, usage } from '../arguments.ts';
import { complete } from '../completion/complete.ts';
import type { Command, Commands } from '../completion/complete.ts';
import { completionScript, shells } from '../completion/scripts.ts';

const BIN = fileURLToPath(new URL('../../bin/priolab.js', import.meta.url));

/** What the scripts call; not for people. */
const WORDS = 'words';

/** @param commands all there are, this one among them */
export function completionOf(commands: Commands): Command {
  return async (args) => {
    const { positionals } = parse('completion', args, {});
    const [name, ...rest] = positionals;
    if (name === WORDS) {
      for (const word of await complete(rest, commands)) console.log(word);
      return EXIT.pass;
    }
    const shell = shells.find((one) => one === name);
    if (shell !== undefined && rest.length === 0) {
      process.stdout.write(completionScript(shell, [process.execPath, BIN]));
      return EXIT.pass;
    }
    const got = positionals.length === 0 ? 'no shell' : `got "${positionals.join(' ')}"`;
    const meant = name === undefined ? '' : didYouMean(name, shells);
    throw usage('completion', `${got}${meant}; allowed: ${shells.join(', ')}`);
  };
}
