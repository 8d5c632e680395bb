/** What every service has in common: configuration, logs, health, keys, a command line. */

export { JsonNode, UsageError, fileError, readDocument } from './checks.ts';
export { clockOf } from './clock-file.ts';
export { runProgram } from './command-line.ts';
export type { Command, CommandInput, CommandLine, Program } from './command-line.ts';
export { didYouMean } from './did-you-mean.ts';
export { readPacketKey, readSigningKey } from './key-files.ts';
export { createLog, explain } from './log.ts';
export type { Fields, Level, Log } from './log.ts';
export { readManifestText } from './manifest-text.ts';
export { serveOperators } from './operators.ts';
export type { Health, OperatorServer } from './operators.ts';
export { inFolder, readAddress, readHost, readTrustedProxies } from './places.ts';
export type { Address } from './places.ts';
