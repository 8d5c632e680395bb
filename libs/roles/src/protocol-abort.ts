/**
 * A peer broke the rules of the protocol: the exchange ends and is never retried. (A bad report is
 * no abort: it is refused by a reason code and the batch goes on.)
 */

export class ProtocolAbort extends Error {
  readonly code: string;

  /** @param code stable, for programs; @param message expected and got, never a share or a key */
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ProtocolAbort';
    this.code = code;
  }
}
