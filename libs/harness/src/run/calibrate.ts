/** The unit of `throughput`: what one P-256 multiplication costs now, here. */

import { multiplyPoints } from '@priolab/crypto';
import { cpuTimeMs } from '@priolab/runtime';

/** Multiplications timed for a calibration: some 50 ms. */
const CALIBRATION_COUNT = 400;

/** Microseconds of one P-256 multiplication. */
export function calibrate(): number {
  multiplyPoints(CALIBRATION_COUNT / 4);
  const start = cpuTimeMs();
  multiplyPoints(CALIBRATION_COUNT);
  return (1000 * (cpuTimeMs() - start)) / CALIBRATION_COUNT;
}
