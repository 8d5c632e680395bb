/**
 * How much of the real protocol a run computes. A run says with every result which rung it was on
 * and what that rung leaves out: nothing is shown about what was not done.
 */

export const fidelities = ['full', 'sampled', 'shares-only'] as const;
export type Fidelity = (typeof fidelities)[number];

/** Which rung a run was on, and how many reports went each way. */
export interface FidelityRecord {
  readonly rung: Fidelity;
  /** With `sampled`: the share that the scenario asks for. */
  readonly sampleShare?: number;
  /** Reports with every byte of the protocol, uploads and attestation included. */
  readonly fullReports: number;
  /** Reports whose plaintext shares were handed to the processors. */
  readonly sharesOnlyReports: number;
  /** What was left out, in one sentence; absent where nothing was. */
  readonly notDone?: string;
}

export function fidelityRecord(facts: Omit<FidelityRecord, 'notDone'>): FidelityRecord {
  const { rung, fullReports, sharesOnlyReports } = facts;
  if (rung === 'full') return facts;
  const without = 'no encryption, uploads, attestation or replay protection';
  const count = `${sharesOnlyReports} of ${fullReports + sharesOnlyReports} reports`;
  const notDone = {
    'shares-only': `shares-only: ${without}; nothing is shown about them`,
    sampled: `sampled: ${count} had ${without}; what is shown of these rests on ${fullReports}`,
  };
  return { ...facts, notDone: notDone[rung] };
}
