/**
 * What may come next on a command line of priolab, by the tables that the commands themselves go
 * by: their names, their options, and for the other words `words.ts`.
 */

import { UsageError } from '@priolab/harness';

import { optionsOf } from '../arguments.ts';
import type { Options } from '../arguments.ts';
import { optionValues, wordsOf } from './words.ts';

/** A command gets its arguments and returns an exit code. */
export type Command = (args: readonly string[]) => Promise<number>;

/** Commands by name, each loaded when it is asked for. */
export type Commands = Readonly<Record<string, () => Promise<Command>>>;

/** What no shell takes apart and no terminal obeys; other names are left for people to type. */
const PLAIN = /^[\p{L}\p{N}_./:=@%+,#-]+$/u;

/**
 * Completions of the last word, sorted, each the whole word.
 * @param words after `priolab` up to the cursor; the last one may be empty. bash gives `--a=b` as
 *   three words, and gets back what comes after the `=`
 */
export async function complete(words: readonly string[], commands: Commands): Promise<string[]> {
  const { before, current, apart } = lineOf(words);
  const found = await candidates(before, current, commands);
  const fitting = found.filter((word) => word.startsWith(current) && PLAIN.test(word));
  return [...new Set(fitting)].sort().map((word) => word.slice(apart));
}

interface Line {
  readonly before: readonly string[];
  readonly current: string;
  /** How many characters of `current` are a word of their own to the shell. */
  readonly apart: number;
}

function lineOf(words: readonly string[]): Line {
  const line: string[] = [];
  let apart = 0;
  for (const [i, word] of words.entries()) {
    const isValue = words[i - 1] === '=' && /^--[^=]+=$/.test(line.at(-1) ?? '');
    const isMark = word === '=' && /^--[^=]+$/.test(line.at(-1) ?? '');
    if (isValue || isMark) line.push(line.pop()! + word);
    else line.push(word);
    apart = isValue || isMark ? line.at(-1)!.indexOf('=') + 1 : 0;
  }
  return { before: line.slice(0, -1), current: line.at(-1) ?? '', apart };
}

async function candidates(
  [name, ...before]: readonly string[],
  current: string,
  commands: Commands,
): Promise<readonly string[]> {
  const names = Object.keys(commands);
  if (name === undefined) return [...names, 'help', '--help', '--version'];
  if (name === 'help') return before.length === 0 ? names : [];
  if (!Object.hasOwn(commands, name)) return [];
  const options = await tableOf(await commands[name]!(), before);
  const [, inlineOf] = /^--([^=]+)=/.exec(current) ?? [];
  if (inlineOf !== undefined) return optionValues(inlineOf).map((one) => `--${inlineOf}=${one}`);
  const valueOf = takesValue(before.at(-1), options);
  if (valueOf !== undefined) return optionValues(valueOf);
  if (current.startsWith('-')) return optionWords(options, before);
  return wordsOf(name, positionalsIn(before, options)) ?? optionWords(options, before);
}

/** Options of a command, or of the one of its own commands that is named already. */
async function tableOf(command: Command, before: readonly string[]): Promise<Options> {
  try {
    return await optionsOf(
      command,
      before.filter((word) => !word.startsWith('-')),
    );
  } catch (error) {
    if (error instanceof UsageError) return {};
    throw error;
  }
}

/** The option whose value comes next. */
function takesValue(word: string | undefined, options: Options): string | undefined {
  const name = word?.startsWith('--') === true ? word.slice(2) : '';
  return Object.hasOwn(options, name) && options[name]!.type === 'string' ? name : undefined;
}

function positionalsIn(before: readonly string[], options: Options): string[] {
  return before.filter((word, i) => {
    return !word.startsWith('-') && takesValue(before[i - 1], options) === undefined;
  });
}

/** Those that may be given still. */
function optionWords(options: Options, before: readonly string[]): string[] {
  const given = new Set(before.map((word) => word.split('=')[0]!));
  const open = Object.entries(options).filter(
    ([name, { multiple }]) => multiple === true || !given.has(`--${name}`),
  );
  return [...open.map(([name]) => `--${name}`), '--help'];
}
