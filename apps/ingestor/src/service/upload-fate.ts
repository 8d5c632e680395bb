/**
 * An upload on its way through the service, in whichever form it came, and what becomes of it. What
 * names its sender is in `attested` alone, and leaves memory with the answer.
 */

import type { AndroidUpload } from '@priolab/attestation';
import type { UploadAnswer } from '@priolab/nodes/upload-http';
import type { Reason, Task } from '@priolab/roles';

/** What a device must prove, by the form that it came in. */
export type Attested =
  | { readonly form: 'plain'; readonly upload: Uint8Array; readonly signedSize: number }
  | { readonly form: 'android'; readonly upload: AndroidUpload };

/** An upload whose form is right: its parts, as views of what came. */
export interface Candidate {
  readonly task: Task;
  /** On which it was made, since the Unix epoch. */
  readonly day: number;
  readonly windowStartMs: number;
  /** 16 bytes. */
  readonly reportId: Uint8Array;
  /** SHA-256 of all that came. */
  readonly digest: Uint8Array;
  readonly leader: Uint8Array;
  readonly helper: Uint8Array;
  readonly attested: Attested;
}

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: Reason;
  readonly detail: string;
  readonly retryAfterS?: number;
}

export type { UploadAnswer };

export function refuse(reason: Reason, detail: string, retryAfterS?: number): Refusal {
  const base = { kind: 'refused' as const, reason, detail };
  return retryAfterS === undefined ? base : { ...base, retryAfterS };
}
