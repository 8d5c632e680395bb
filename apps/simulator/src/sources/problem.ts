/** What is wrong with a file as a whole. */

import { UsageError } from '@priolab/harness';

export function problem(file: string, message: string): UsageError {
  return new UsageError(file, [{ path: '', message }]);
}
