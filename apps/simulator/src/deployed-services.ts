/**
 * Ingestor and portal in the process of a run, as the harness asks for them. Both are loaded when
 * the first run wants them: other runs start without.
 */

import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';

import type { DeployedServices } from '@priolab/harness';
import type { IngestorOptions } from '@priolab/ingestor';

/** More than a run has: its adversaries are to be refused for what they do, not for how often. */
const MANY = 2 ** 31;

type Log = IngestorOptions['log'];

export function createDeployedServices(): DeployedServices {
  return {
    async ingestor({ batchReportsMax, logFile, ...parts }) {
      const { createIngestorService } = await import('@priolab/ingestor');
      const { log, end } = openLog(logFile);
      const limits = { batchReportsMax, failuresPerRemoteMax: MANY };
      const service = await createIngestorService({ ...parts, limits, log });
      return {
        http: service.http,
        cut: (options) => service.cut(options),
        pendingCount: () => service.pendingCount(),
        close: () => closeBoth(service, end),
      };
    },

    async portal({ logFile, ...parts }) {
      const { createPortalService } = await import('@priolab/portal');
      const { log, end } = openLog(logFile);
      // Every window as it is: what a policy hides could not be compared.
      const policy = { clientsMin: 0, suppressBelow: 0, patienceMs: 0 };
      const service = await createPortalService({ ...parts, policy, log });
      return {
        http: service.http,
        scan: () => service.scan(),
        addKey: (key) => service.addKey(key),
        close: () => closeBoth(service, end),
      };
    },
  };
}

async function closeBoth(service: { close(): Promise<void> }, end: () => Promise<void>) {
  try {
    await service.close();
  } finally {
    await end();
  }
}

function openLog(file: string): { log: Log; end: () => Promise<void> } {
  const stream: WriteStream = createWriteStream(file);
  // A full disk is the run's trouble, which it will find by itself.
  stream.on('error', () => {});
  return {
    log: (level, event, fields = {}) => {
      stream.write(`${JSON.stringify({ level, event, ...fields })}\n`);
    },
    end: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
