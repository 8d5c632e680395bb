/** What a measuring command was asked for: options that are whole numbers, and which are not. */

import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options' values, or what is wrong with the call. */
export function readOptions<T extends Options>(
  args: string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T }>>['values'] | string {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What is wrong with the first that is no count; 0 is one of workers alone. */
export function notCounts(counts: Readonly<Record<string, string>>): string | undefined {
  for (const [name, text] of Object.entries(counts)) {
    const least = name === 'workers' ? 0 : 1;
    if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
      return `--${name}: expected a whole number from ${least}, got '${text}'`;
    }
  }
  return undefined;
}
