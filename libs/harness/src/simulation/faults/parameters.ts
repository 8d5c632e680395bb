/** Parameters of a fault as its code reads them; the language has checked them. */

import { durationMs } from '../../scenario/durations.ts';
import type { NemesisItem } from '../settings.ts';

/** Milliseconds. */
export function duration({ params }: NemesisItem, name: string, byDefault: string): number {
  const value = params[name];
  return durationMs(typeof value === 'string' ? value : byDefault);
}

export function count({ params }: NemesisItem, name: string, byDefault: number): number {
  const value = params[name];
  return typeof value === 'number' ? value : byDefault;
}

/** Any number; a rate too. */
export function number({ params }: NemesisItem, name: string, byDefault: number): number {
  const value = params[name];
  return typeof value === 'number' ? value : byDefault;
}

export function flag({ params }: NemesisItem, name: string, byDefault: boolean): boolean {
  const value = params[name];
  return typeof value === 'boolean' ? value : byDefault;
}

export function word({ params }: NemesisItem, name: string, byDefault: string): string {
  const value = params[name];
  return typeof value === 'string' ? value : byDefault;
}
