/**
 * What is wrong with bytes from outside, as data: a stable word and a sentence. Inside this library
 * a refusal is thrown, so that a parser may end anywhere; at its edge it is a value again.
 */

/** A detail says sizes, kinds and names of members; never a share, a signature or a key. */
export interface Refused<Fault extends string> {
  readonly fault: Fault;
  readonly detail: string;
}

/** How a refusal travels between the files of this library. */
export class Refusal<Fault extends string> extends Error {
  override readonly name = 'Refusal';
  readonly fault: Fault;

  constructor(fault: Fault, detail: string) {
    super(detail);
    this.fault = fault;
  }
}

/** What `read` gives, or its refusal; any other error is a bug of ours and goes on. */
export function refusedOr<T, Fault extends string>(read: () => T): T | Refused<Fault> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { fault: error.fault as Fault, detail: error.message };
  }
}
