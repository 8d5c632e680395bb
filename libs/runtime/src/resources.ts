/**
 * What this process has used so far: memory and CPU time, over all of its threads.
 */

/** The largest resident set of this process until now, in bytes; never shrinks. */
export function peakRssBytes(): number {
  // libuv gives maxRSS in KiB on every platform.
  return process.resourceUsage().maxRSS * 1024;
}

/** CPU time, user and system, that all threads of this process have used until now, in ms. */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
