/** The unit of `throughput`: what one P-256 multiplication costs now, here. */

import { multiplyPoints } from '@priolab/crypto';
import { cpuTimeMs } from '@priolab/runtime';

/** Multiplications timed for a calibration: some 50 ms. */
const JUDGED_COUNT = 400;
/** Where nothing is judged by it a rough figure will do. */
const ROUGH_COUNT = 40;

/** Microseconds of one P-256 multiplication. */
export function calibrate({ isJudged }: { readonly isJudged: boolean }): number {
  const count = isJudged ? JUDGED_COUNT : ROUGH_COUNT;
  multiplyPoints(Math.ceil(count / 4));
  const start = cpuTimeMs();
  multiplyPoints(count);
  return (1000 * (cpuTimeMs() - start)) / count;
}
