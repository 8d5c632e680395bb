/** The JSON documents of a processor by hand, for programs that write or read them. */

export { UsageError } from './checks.ts';
export {
  FORMATS,
  readBatch,
  readKey,
  readSum,
  readVerifierShares,
  writeKey,
  writeSum,
  writeVerifierShares,
} from './documents.ts';
