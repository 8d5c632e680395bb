/**
 * Wall-clock time of the pipeline on worker threads, started by the engine as a run starts them. It
 * begins when all threads have set up and warmed up, and ends with the last result; what other
 * processes do meanwhile spoils it.
 */

import { cpuTimeMs, createEngine, monotonicMs } from '@priolab/runtime';

import { fastest } from './pipeline-block.ts';
import type { WorkerInit } from './pipeline-program.ts';

export interface WallRow {
  readonly name: string;
  readonly workers: number;
  /** Reports in a run. */
  readonly sizes: { readonly smoke: number; readonly full: number };
  run(size: number): Promise<WallSample>;
}

export interface WallSample {
  readonly wallMs: number;
  /** Of the whole process. */
  readonly cpuMs: number;
  readonly checksum: number;
}

const PROGRAM = new URL('./pipeline-program.ts', import.meta.url);
const BINS = 100;
const BLOCK_SIZE = 512;
/** Six seconds of one worker, about, so that both cores are busy for three. */
const FULL_BLOCKS: Readonly<Record<string, number>> = { wasm: 40, node: 12 };

function workersRow(workers: number): WallRow {
  return {
    name: `pipeline, ${BINS} bins, ${fastest}: ${workers} worker${workers === 1 ? '' : 's'}`,
    workers,
    sizes: { smoke: 4, full: (FULL_BLOCKS[fastest] ?? 12) * BLOCK_SIZE },
    async run(size) {
      const blockSize = Math.min(BLOCK_SIZE, size / 4);
      const blockCount = size / blockSize;
      const ready = new Int32Array(new SharedArrayBuffer(4));
      const init: WorkerInit = { bins: BINS, blockSize, backend: fastest, workers, ready };
      let startMs = 0;
      let startCpuMs = 0;
      let checksum = 0;
      await createEngine(workers).run<WorkerInit, number>({
        program: PROGRAM,
        init,
        shardCount: 1 + blockCount,
        onResult(index, result) {
          if (index > 0) checksum ^= Math.imul(index, result);
          else {
            startMs = monotonicMs();
            startCpuMs = cpuTimeMs();
          }
        },
      });
      return { wallMs: monotonicMs() - startMs, cpuMs: cpuTimeMs() - startCpuMs, checksum };
    },
  };
}

export const wallRows: readonly WallRow[] = [workersRow(1), workersRow(2)];
