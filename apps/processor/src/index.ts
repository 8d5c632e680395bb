/** A processor's configuration, for programs that write one. */

export { UsageError } from '@priolab/service';
export { LEGACY, readConfig } from './config.ts';
export type { Legacy, ProcessorConfig } from './config.ts';
