/** The machine: Node, processor, memory, clock, and how evenly it works. */

import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

import { DRIFT_LIMIT, calibrate } from '@priolab/harness';
import { cpuTimeMs, monotonicMs } from '@priolab/runtime';

import { note, ok, problem } from './finding.ts';
import type { Finding } from './finding.ts';

const MIB = 2 ** 20;
/** The smallest scenarios take some 150 MiB, the flagship at most 1 GiB. */
const MEMORY_LEAST_MIB = 256;
const MEMORY_GOOD_MIB = 1024;
/** Half a second or so in all. */
const ROUNDS = 8;
/** Of the time that this process wanted to work. */
const WAITING_MOST = 0.1;
const CLOCK_STEP_MOST_MS = 1;

/** @param needed a range such as `>=20.19`, as the manifest has it */
export function checkNode(needed: string, version = process.versions.node): Finding {
  const [least = 0, leastMinor = 0] = numbersIn(needed);
  const [major = 0, minor = 0] = numbersIn(version);
  const isNew = major > least || (major === least && minor >= leastMinor);
  const found = `v${version}; needed: ${needed}`;
  return isNew ? ok(found) : problem(found, 'install a newer Node');
}

function numbersIn(version: string): number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}

export function checkProcessor(): Finding {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const cores = availableParallelism();
  const found = `${cores} ${cores === 1 ? 'core' : 'cores'}, ${model}`;
  if (cores > 1) return ok(found);
  return note(found, 'runs are spread over cores: this one does without');
}

/** (module (func (result v128) (i8x16.splat (i32.const 0)))) */
const SIMD_MODULE = new Uint8Array(
  Buffer.from('0061736d010000000105016000017b030201000a080106004100fd0f0b', 'hex'),
);

export function checkSimd(
  validate = (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.validate(bytes),
): Finding {
  if (validate(SIMD_MODULE)) return ok('WebAssembly has 128-bit vectors');
  const found = 'WebAssembly has no 128-bit vectors, which the backend wasm and all proofs need';
  return problem(found, 'a newer Node, a processor with SSE4.1 or NEON; no --jitless');
}

export function checkMemory(
  available = process.availableMemory(),
  total = Math.min(totalmem(), process.constrainedMemory() || Infinity),
): Finding {
  const mib = (bytes: number): string => `${Math.floor(bytes / MIB).toLocaleString('en')} MiB`;
  const found = `${mib(available)} available of ${mib(total)}`;
  if (available < MEMORY_LEAST_MIB * MIB) {
    return problem(found, `a small run needs ${MEMORY_LEAST_MIB} MiB: free some, or allow more`);
  }
  if (available >= MEMORY_GOOD_MIB * MIB) return ok(found);
  const hint = `the flagship (npm start) may take ${MEMORY_GOOD_MIB} MiB; --workers 1 takes less`;
  return note(found, hint);
}

export function checkClock(nowMs: () => number = monotonicMs): Finding {
  const smallest = smallestStep(nowMs);
  const found = `steps of ${(1000 * smallest).toPrecision(2)} us`;
  if (smallest <= CLOCK_STEP_MOST_MS) return ok(found);
  return note(found, 'times of stages, and all that is judged by time, are rough');
}

function smallestStep(nowMs: () => number): number {
  let smallest = Infinity;
  let last = nowMs();
  for (let steps = 0; steps < 100;) {
    const now = nowMs();
    if (now === last) continue;
    smallest = Math.min(smallest, now - last);
    last = now;
    steps += 1;
  }
  return smallest;
}

/** What a machine did meanwhile. */
export interface Measured {
  /** Microseconds of one P-256 multiplication, by CPU time, of each round. */
  readonly unitsUs: readonly number[];
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Share of all cores' time that a hypervisor gave to others; undefined where nobody says. */
  readonly stolen: number | undefined;
}

export function measure(): Measured {
  const before = coreTimes();
  const startMs = monotonicMs();
  const startCpuMs = cpuTimeMs();
  const unitsUs = Array.from({ length: ROUNDS }, () => calibrate({ isJudged: true }));
  const [wallMs, cpuMs] = [monotonicMs() - startMs, cpuTimeMs() - startCpuMs];
  const after = coreTimes();
  const passed = before && after ? after.all - before.all : 0;
  const stolen = passed > 0 ? (after!.steal - before!.steal) / passed : undefined;
  return { unitsUs, wallMs, cpuMs, stolen };
}

export function checkNoise({ unitsUs, wallMs, cpuMs, stolen }: Measured): Finding {
  const sorted = unitsUs.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const waiting = Math.max(0, 1 - cpuMs / wallMs);
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const found = [
    `a P-256 multiplication takes ${sorted[sorted.length >> 1]!.toFixed(0)} us`,
    `slowest round ${(most / least).toFixed(2)} times the fastest`,
    `${percent(waiting)} of the time spent waiting`,
    stolen === undefined ? 'stolen time unknown' : `${percent(stolen)} stolen by other machines`,
  ].join(', ');
  const isUneven = most / least > DRIFT_LIMIT;
  const isBusy = waiting > WAITING_MOST || (stolen ?? 0) > WAITING_MOST;
  if (!isUneven && !isBusy) return ok(found);
  const hint = isUneven
    ? `\`throughput\` is invalid (exit code 7) from ${DRIFT_LIMIT} times on: let nothing else run`
    : 'something else is at work here: runs take longer, and what they cost is less certain';
  return note(found, hint);
}

/** Linux: of all cores together since the start; see proc(5), /proc/stat. */
function coreTimes(): { readonly all: number; readonly steal: number } | undefined {
  try {
    const [, line = ''] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? [];
    const times = line.split(' ').slice(0, 8).map(Number);
    const steal = times[7];
    return steal === undefined ? undefined : { all: times.reduce((a, b) => a + b, 0), steal };
  } catch {
    return undefined;
  }
}
