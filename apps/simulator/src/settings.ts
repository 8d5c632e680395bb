/** Settings of a scenario on a command line: `system.epsilon=8`, the value read as YAML. */

import { parseData } from './sources/data-text.ts';

/** A path and what follows its first `=`. */
const FORM = /^([^=\s]+)=(.*)$/s;

/** What is wrong with a setting's form; what it sets is checked with the scenario. */
export function settingsMistake(option: string, text: string): string | undefined {
  if (!FORM.test(text)) {
    return `${option}: got "${text}"; expected a path and a value, as in system.epsilon=8`;
  }
  try {
    valueOf(text);
    return undefined;
  } catch {
    return `${option}: got "${text}"; the value is no YAML, as in services.legacy=[once]`;
  }
}

function valueOf(text: string): unknown {
  return parseData(FORM.exec(text)![2]!, text);
}

/** The paths with their values; the last of a path counts. */
export function settingsOf(texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(texts.map((text) => [FORM.exec(text)![1]!, valueOf(text)]));
}
