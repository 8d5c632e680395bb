/**
 * Drives every decoder with damaged files. A finding is: an error that is not the decoder's own, a
 * value larger than its input allows, more steps than bytes allow, or too much time. Not a finding:
 * which of the typed errors it is, and that damage goes unnoticed (signatures are for that).
 * Deterministic but for time: case i of a seed is the same bytes whatever ran before.
 */

import { decoders as allDecoders } from './decoders.ts';
import type { Decoder } from './decoders.ts';
import { createDraws, mutate } from './mutate.ts';
import type { Draw } from './mutate.ts';

export interface FuzzOptions {
  readonly cases: number;
  readonly seed: string;
  /** The first case; another than 0 to run one again. */
  readonly first?: number;
  readonly decoders?: readonly Decoder[];
  /** CPU time in ms, where time is to be watched. */
  readonly cpuMs?: () => number;
}

export interface Finding {
  readonly decoder: string;
  readonly case: number;
  readonly seed: string;
  readonly message: string;
  /** The input, in hex. */
  readonly input: string;
}

export interface FuzzReport {
  readonly cases: number;
  /** How often a value was given. */
  readonly decoded: number;
  readonly errorsByCode: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** Bytes of values for each byte of input: a boolean of one byte is some object's field of 8. */
const VALUE_RATIO_MAX = 64;
const VALUE_SIZE_FREE = 4096;
const STEPS_RATIO_MAX = 64;
const STEPS_FREE = 1000;
/** No case has more than some kilobytes; compilation of new schemas takes a few milliseconds. */
const CPU_MS_MAX = 2000;
const FINDINGS_MAX = 20;
const RAW_SIZE_MAX = 300;

export function fuzzDecoders(options: FuzzOptions): FuzzReport {
  const { cases, seed, first = 0, decoders = allDecoders, cpuMs } = options;
  const drawsOf = createDraws(seed);
  const errorsByCode: Record<string, number> = {};
  const findings: Finding[] = [];
  let decoded = 0;
  for (let index = first; index < first + cases && findings.length < FINDINGS_MAX; index++) {
    const draw = drawsOf(index);
    const decoder = decoders[index % decoders.length]!;
    const input = inputOf(draw, decoder);
    const { message, code } = examine(decoder, { input, draw, cpuMs });
    if (code !== undefined) errorsByCode[code] = (errorsByCode[code] ?? 0) + 1;
    else if (message === undefined) decoded++;
    if (message !== undefined) {
      const hex = Buffer.from(input).toString('hex');
      findings.push({ decoder: decoder.name, case: index, seed, message, input: hex });
    }
  }
  return { cases, decoded, errorsByCode, findings };
}

/**
 * Has one input decoded.
 * @returns what is wrong with how that went, and the code of a typed error
 */
export function examine(
  decoder: Decoder,
  how: {
    readonly input: Uint8Array;
    readonly draw: Draw;
    readonly cpuMs?: (() => number) | undefined;
  },
): { readonly message?: string | undefined; readonly code?: string | undefined } {
  const { input, draw, cpuMs } = how;
  const start = cpuMs?.() ?? 0;
  let message: string | undefined;
  let code: string | undefined;
  try {
    message = excess(decoder.decode(input, draw), input.length);
  } catch (error) {
    code = decoder.codeOf(error);
    if (code === undefined) message = `it throws ${String(error)}`;
  }
  const took = (cpuMs?.() ?? 0) - start;
  if (took > CPU_MS_MAX) message ??= `it takes ${Math.round(took)} ms`;
  return { message, code };
}

/** Mostly a damaged seed; now and then one as it is, or bytes without any form. */
function inputOf(draw: Draw, { seeds }: Decoder): Uint8Array {
  const seed = seeds[draw.number(2) === 0 ? 0 : draw.number(seeds.length)]!;
  const other = seeds[draw.number(seeds.length)]!;
  const choice = draw.number(32);
  if (choice === 0) return draw.bytes(draw.number(RAW_SIZE_MAX));
  return choice === 1 ? seed : mutate(draw, seed, other);
}

function excess(
  result: { readonly value: unknown; readonly steps?: number },
  inputSize: number,
): string | undefined {
  const size = sizeOf(result.value);
  if (size > VALUE_RATIO_MAX * inputSize + VALUE_SIZE_FREE) {
    return `it makes ${size} bytes of ${inputSize}`;
  }
  const { steps = 0 } = result;
  if (steps > STEPS_RATIO_MAX * inputSize + STEPS_FREE) {
    return `it takes ${steps} steps over ${inputSize} bytes`;
  }
  return undefined;
}

/** About the memory of a value that decoders make: plain objects, lists, texts, bytes, numbers. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (value instanceof Uint8Array) return 96 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return 16 + Object.values(value).reduce<number>((sum, item) => sum + 8 + sizeOf(item), 0);
}
