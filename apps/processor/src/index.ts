/** A processor's configuration, for programs that write one. */

export { UsageError } from './checks.ts';
export { LEGACY, readConfig } from './config.ts';
export type { Legacy, ProcessorConfig } from './config.ts';
