/**
 * The straight-line AssemblyScript of the symmetric kernels, by its name in `assembly/`.
 */

import { aesSource } from './aes-source.ts';
import { slicedSource } from './aes-sliced-source.ts';
import { sha256Source } from './sha256-source.ts';

/** Sources for `assembly/symmetric/`. */
export function symmetricSources(): Record<string, string> {
  return {
    'symmetric/aes-rounds.ts': aesSource(),
    'symmetric/aes-sliced.ts': slicedSource(),
    'symmetric/sha256-rounds.ts': sha256Source(),
  };
}
