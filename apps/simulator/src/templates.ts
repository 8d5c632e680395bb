/**
 * The scenarios that `priolab new` starts from: files of `templates/`, each as data and as code.
 * They are scenarios like any other, checked and run by a test, and only what depends on where a
 * copy goes is put in.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../templates/', import.meta.url));
const SCHEMA = fileURLToPath(new URL('../../../scenarios/scenario.schema.json', import.meta.url));

/** Data first: the form that needs no trust. */
export const templateForms = ['yaml', 'ts'] as const;
export type TemplateForm = (typeof templateForms)[number];

/** Names of templates, in order. */
export function templateNames(): string[] {
  const ending = `.scenario.${templateForms[0]}`;
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(ending));
  return files.map((file) => file.slice(0, -ending.length)).sort();
}

export function templateFile(name: string, form: TemplateForm): string {
  return join(FOLDER, `${name}.scenario.${form}`);
}

/** The text of a new scenario with this id, which will lie at `file`. */
export function fillTemplate(
  name: string,
  { id, file, form }: { readonly id: string; readonly file: string; readonly form: TemplateForm },
): string {
  const text = readFileSync(templateFile(name, form), 'utf8');
  if (form === 'ts') return text.replace(/^ {2}id: '.*',$/m, () => `  id: '${id}',`);
  return text
    .replace(/^id: .*$/m, () => `id: ${isWordOfYaml(id) ? `'${id}'` : id}`)
    .replace(/^# yaml-.*\n/, () => schemaLine(file));
}

/** Whether it would be read as something else than a text. */
function isWordOfYaml(id: string): boolean {
  return /^(?:true|false|null|\d.*)$/.test(id);
}

/** For editors; left out where the way to it can't stand in a comment as it is. */
function schemaLine(file: string): string {
  const way = relative(dirname(file), SCHEMA).replaceAll('\\', '/');
  return /^[\w./@+-]+$/.test(way) ? `# yaml-language-server: $schema=${way}\n` : '';
}
