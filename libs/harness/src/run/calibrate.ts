/** The unit of `throughput`: what one P-256 multiplication costs now, here. */

import { multiplyPoints } from '@priolab/crypto';
import { cpuTimeMs } from '@priolab/runtime';

/** Multiplications timed for a calibration: some 50 ms. */
const CALIBRATION_COUNT = 400;

/** Microseconds of one P-256 multiplication, by fewer where nothing is judged by it. */
export function calibrate(count = CALIBRATION_COUNT): number {
  multiplyPoints(Math.ceil(count / 4));
  const start = cpuTimeMs();
  multiplyPoints(count);
  return (1000 * (cpuTimeMs() - start)) / count;
}
