/** Command-line arguments, checked: every problem is a UsageError with what is allowed. */

import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

import { UsageError, didYouMean } from '@priolab/harness';

type Options = NonNullable<ParseArgsConfig['options']>;

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>
>;

/** Parses strictly; an unknown option is named with a guess at what was meant. */
export function parse<O extends Options>(
  command: string,
  args: readonly string[],
  options: O,
): Parsed<O> {
  const known = Object.keys(options).map((name) => `--${name}`);
  const unknown = args.find(
    (arg) => arg.startsWith('--') && arg !== '--' && !known.includes(arg.split('=')[0]!),
  );
  if (unknown !== undefined) {
    const hint = didYouMean(unknown.split('=')[0]!, known);
    const allowed = known.length > 0 ? known.join(', ') : 'no options';
    throw usage(command, `unknown option ${unknown}${hint}; allowed: ${allowed}`);
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usage(command, error instanceof Error ? error.message : String(error));
  }
}

export function usage(command: string, message: string): UsageError {
  return new UsageError(`priolab ${command}`, [{ path: '', message }]);
}

/** A whole number in a range. */
export function wholeNumber(
  command: string,
  option: string,
  text: string,
  { min, max }: { min: number; max: number },
): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw usage(command, `${option}: got "${text}"; allowed: a whole number from ${min} to ${max}`);
}
