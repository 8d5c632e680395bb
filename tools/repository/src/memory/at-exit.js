/**
 * Loaded into a process that is measured (`--import`): when it ends, it leaves its largest resident
 * size and its CPU time in the folder that PRIOLAB_AT_EXIT names, in a file with its process id. So
 * nothing is missed between the last look from outside and the end.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const folder = process.env['PRIOLAB_AT_EXIT'];

if (isMainThread && folder !== undefined) {
  process.on('exit', () => {
    const status = readFileSync('/proc/self/status', 'utf8');
    const peakBytes = 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
    const { user, system } = process.cpuUsage();
    const told = { peakBytes, cpuMs: (user + system) / 1000 };
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(told));
  });
}
