/**
 * What a run leaves in GitHub Actions beside its folder: annotations, which the runner reads from
 * the output, and Markdown on the page of the job. Nothing of this can make a run fail.
 */

import { appendFileSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';

import type { RunSummary } from '@priolab/harness';
import { renderAnnotations, renderMarkdown } from '@priolab/report';

/** GitHub drops the whole summary of a step that is larger. */
const SUMMARY_SIZE_MAX = 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** @param say prints lines as they are */
export function tellGithub(
  summary: RunSummary,
  { file, replay }: { file: string; replay: string },
  { say, env = process.env }: { say: (text: string) => void; env?: Environment },
): void {
  if (env['GITHUB_ACTIONS'] !== 'true') return;
  const path = inRepository(file, env['GITHUB_WORKSPACE']);
  for (const line of renderAnnotations(summary, { file: path, replay })) say(line);
  const page = env['GITHUB_STEP_SUMMARY'];
  if (page === undefined || page === '') return;
  try {
    const text = `${renderMarkdown(summary, { replay })}\n`;
    const size = statSync(page, { throwIfNoEntry: false })?.size ?? 0;
    if (size + Buffer.byteLength(text) > SUMMARY_SIZE_MAX) {
      console.error('priolab: no room left in the step summary, the run is not shown there');
    } else appendFileSync(page, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`priolab: can't write the step summary: ${reason}`);
  }
}

/** Annotations name files from the root of the repository on. */
function inRepository(file: string, workspace: string | undefined): string {
  if (workspace === undefined || workspace === '') return file;
  const path = relative(workspace, resolve(file));
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
