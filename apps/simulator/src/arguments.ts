/**
 * Command-line arguments, checked: every mistake of a command line at once, each with what is
 * allowed. Stricter than Node's own parser: an option that stands twice or that would swallow the
 * next one as its value is a mistake.
 */

import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

import { UsageError, didYouMean } from '@priolab/harness';

/** A command's table of options. */
export type Options = NonNullable<ParseArgsConfig['options']>;

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>
>;

/** An option as Node's parser found it. */
interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/**
 * The arguments of a command.
 * @param mistakesIn what the command itself finds wrong with them, to be told along with the rest
 * @throws UsageError with every mistake
 */
export function parse<O extends Options>(
  command: string,
  args: readonly string[],
  options: O,
  mistakesIn: (parsed: Parsed<O>) => readonly (string | undefined)[] = () => [],
): Parsed<O> {
  if (isAskedForOptions) throw new OptionsTold(options);
  // Not strict: strict parsing ends at the first mistake.
  const loose = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const tokens = loose.tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  const mistakes = tokens.flatMap((token, i) => {
    const isRepeated = tokens.slice(0, i).some(({ name }) => name === token.name);
    return mistakeOf(token, options, isRepeated);
  });
  const malformed = new Set(mistakes.map(({ name }) => name));
  // Options that are malformed have no value that the command could judge.
  const values = Object.fromEntries(
    Object.entries(loose.values).filter(([name]) => !malformed.has(name) && name in options),
  );
  const parsed = { values, positionals: loose.positionals } as unknown as Parsed<O>;
  const own = mistakesIn(parsed).filter((message) => message !== undefined);
  const messages = [...mistakes.map(({ message }) => message), ...own];
  if (messages.length === 0) return parsed;
  const problems = messages.map((message) => ({ path: '', message }));
  throw new UsageError(`priolab ${command}`, problems);
}

/** Thrown instead of parsing where only the table of options is asked for. */
class OptionsTold extends Error {
  readonly options: Options;

  constructor(options: Options) {
    super('options were asked for');
    this.options = options;
  }
}

let isAskedForOptions = false;

/**
 * The options of a command, which begins by parsing its arguments: it is called, and stopped there.
 * So whoever lists options reads the very table that they are checked by.
 * @throws UsageError where the arguments name none of the command's own commands
 */
export async function optionsOf(
  command: (args: readonly string[]) => Promise<number>,
  args: readonly string[] = [],
): Promise<Options> {
  isAskedForOptions = true;
  try {
    await command(args);
  } catch (error) {
    if (error instanceof OptionsTold) return error.options;
    throw error;
  } finally {
    isAskedForOptions = false;
  }
  throw new Error('a command did its work without parsing its arguments');
}

function mistakeOf(
  { name, rawName, value, inlineValue }: OptionToken,
  options: Options,
  isRepeated: boolean,
): { name: string; message: string }[] {
  const mistake = (message: string) => [{ name, message }];
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const known = Object.keys(options).map((one) => `--${one}`);
    const allowed = known.length > 0 ? known.join(', ') : 'no options';
    if (rawName.startsWith('--')) {
      return mistake(`unknown option ${rawName}${didYouMean(rawName, known)}; allowed: ${allowed}`);
    }
    const advice = `what begins with "-" is an option; a value is joined to its own by "="`;
    return mistake(`unknown option ${rawName}; ${advice}, as in --seed=-1; allowed: ${allowed}`);
  }
  if (isRepeated && option.multiple !== true) {
    return mistake(`${rawName} is given twice; allowed: once`);
  }
  if (option.type === 'boolean') {
    return value === undefined ? [] : mistake(`${rawName} takes no value; got "${value}"`);
  }
  if (value === undefined) return mistake(`${rawName} needs a value`);
  // A dash alone is no option but, by custom, standard output.
  if (inlineValue !== true && value.startsWith('-') && value !== '-') {
    const written = `${rawName}=${value}`;
    return mistake(`${rawName} needs a value; if "${value}" is meant, write ${written}`);
  }
  return [];
}

export function usage(command: string, message: string): UsageError {
  return new UsageError(`priolab ${command}`, [{ path: '', message }]);
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** What is wrong with the text of a whole number in a range; undefined where nothing is. */
export function numberMistake(
  option: string,
  text: string | undefined,
  { min, max }: Range,
): string | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return undefined;
  return `${option}: got "${text}"; allowed: a whole number from ${min} to ${max}`;
}

/** A whole number in a range. */
export function wholeNumber(command: string, option: string, text: string, range: Range): number {
  const mistake = numberMistake(option, text, range);
  if (mistake !== undefined) throw usage(command, mistake);
  return Number(text);
}
