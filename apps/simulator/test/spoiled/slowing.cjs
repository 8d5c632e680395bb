/** A machine that becomes a hundred times slower while it is measured. */
const { isMainThread } = require('node:worker_threads');

const { cpuUsage } = process;
let looks = 0;
// The run looks when it starts, around the first calibration, at its end and around the second.
const LOOKS_BEFORE_THE_LAST = 5;
process.cpuUsage = (...args) => {
  const { user, system } = cpuUsage.apply(process, args);
  looks += 1;
  const isLast = isMainThread && looks > LOOKS_BEFORE_THE_LAST;
  return { user: user + (isLast ? 10_000_000 : 0), system };
};
