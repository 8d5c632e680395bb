/**
 * Structured logs: one JSON object a line on standard error. What is logged is names, counts and
 * reasons; no key, share or measurement is ever handed to a log.
 */

import type { Clock } from '@priolab/runtime';

export type Level = 'debug' | 'info' | 'warn' | 'error';
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: Level, event: string, fields?: Fields) => void;

export function createLog(clock: Clock, write: (line: string) => void): Log {
  return (level, event, fields = {}) => {
    const time = new Date(clock.nowMs()).toISOString();
    write(`${JSON.stringify({ time, level, event, ...fields })}\n`);
  };
}

/** What an error says, and that of its causes. */
export function explain(error: unknown): { readonly code: string; readonly detail: string } {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  return {
    code: typeof code === 'string' ? code : 'bug',
    detail: message ?? String(error),
  };
}
