/** A machine that becomes a hundred times slower while it is measured. */
const { isMainThread } = require('node:worker_threads');

const { cpuUsage } = process;
let looks = 0;
// The run looks when it starts, around the first calibration, for its series, at its end and around
// the second calibration: from the series on, ten seconds pass from look to look.
const LOOKS_AT_FULL_SPEED = 5;
process.cpuUsage = (...args) => {
  const { user, system } = cpuUsage.apply(process, args);
  looks += 1;
  const slow = isMainThread ? Math.max(0, looks - LOOKS_AT_FULL_SPEED) : 0;
  return { user: user + slow * 10_000_000, system };
};
