/** The generated AssemblyScript of the P-256 kernels, by its name in `assembly/`. */

import { constantsSource } from './constants-source.ts';
import { fieldSource } from './field-source.ts';
import { pointSource } from './point-source.ts';

export function p256Sources(): Record<string, string> {
  return {
    'p256/constants.ts': constantsSource(),
    'p256/field.ts': fieldSource(),
    'p256/point.ts': pointSource(),
  };
}
