/** What the doctor finds out, one thing at a time. */

/** A note says what is not there, or not so good; with a problem something would not work. */
export type Level = 'ok' | 'note' | 'problem';

export interface Finding {
  readonly level: Level;
  /** What is there. Holds no password, whatever the environment says. */
  readonly found: string;
  /** What to do about it, or what is left out without it. */
  readonly hint?: string;
}

export interface Check {
  readonly id: string;
  readonly look: () => Finding | Promise<Finding>;
}

export const ok = (found: string): Finding => ({ level: 'ok', found });
export const note = (found: string, hint: string): Finding => ({ level: 'note', found, hint });
export const problem = (found: string, hint: string): Finding => ({
  level: 'problem',
  found,
  hint,
});

/** All findings, in order; a check that can't be made is a problem, and stops no other one. */
export async function lookAtAll(
  checks: readonly Check[],
): Promise<(Finding & { readonly id: string })[]> {
  const findings: (Finding & { readonly id: string })[] = [];
  for (const { id, look } of checks) {
    let finding: Finding;
    try {
      finding = await look();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      finding = problem(`can't be found out: ${reason}`, 'please report this as a bug of priolab');
    }
    findings.push({ id, ...finding });
  }
  return findings;
}
