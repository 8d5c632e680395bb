/**
 * What a tidy rule is and what it reports.
 */

import type { TextFile } from '../files.ts';

/** A broken rule at a place; `line` counts from 1. */
export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** A pure function of one file: the same text gives the same problems. */
export interface Rule {
  readonly name: string;
  /** Which files the rule looks at. */
  applies(path: string): boolean;
  check(file: TextFile): readonly Finding[];
}

export interface Finding {
  readonly line: number;
  readonly message: string;
}

/** All problems of `files` under `rules`, in the order of the files. */
export function findProblems(files: readonly TextFile[], rules: readonly Rule[]): Problem[] {
  return files.flatMap((file) =>
    rules
      .filter((rule) => rule.applies(file.path))
      .flatMap((rule) =>
        rule.check(file).map((finding) => ({ path: file.path, rule: rule.name, ...finding })),
      ),
  );
}

/** A problem as one line, which an editor can follow. */
export function formatProblem({ path, line, rule, message }: Problem): string {
  return `${path}:${line} ${rule}: ${message}`;
}
