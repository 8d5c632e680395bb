/**
 * `npm run memory:processor -- [--mib 400] [--bins 1344] [--role leader|helper] [--json]`: how much
 * memory the service takes to take in one large batch. The batch streams through; a limit of 256
 * MiB is what it is held to. A process of its own does it, and the system says what it took at
 * most.
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { INSTANCE, createDeployment } from '../test/deployment.ts';
import { writeLargeBatch } from './large-batch.ts';

const MIB = 2 ** 20;
const LIMIT_MIB = 256;
const BIN = join(import.meta.dirname, '../bin/priolab-processor.js');
/** Says at its end what it took: bytes resident at most. */
const PRELOAD = `process.on('exit', () => {
  const peak = process.resourceUsage().maxRSS * 1024;
  require('node:fs').writeFileSync(process.env.PRIOLAB_PEAK_FILE, String(peak));
});`;

export interface MemoryResult {
  readonly batchMiB: number;
  readonly packetCount: number;
  readonly peakMiB: number;
  readonly seconds: number;
}

export async function measureMemory(options: {
  readonly mib: number;
  readonly bins: number;
  readonly role: 'leader' | 'helper';
}): Promise<MemoryResult> {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-memory-'));
  try {
    const { mib, bins, role } = options;
    const settings = { arithmetic: 'simulation' };
    const deployment = await createDeployment(folder, { settings });
    const batch = await writeLargeBatch(deployment, { role, bins, bytes: mib * MIB });
    const preload = deployment.path('peak.cjs');
    writeFileSync(preload, PRELOAD);
    const peakFile = deployment.path('peak');
    const command = [
      '--require', preload, BIN, 'intake', '--config', deployment.config(role),
      '--instance', INSTANCE, '--aggregation', batch.aggregation, '--date', '2021/12/01/08/10',
      '--batch', batch.batchUuid,
    ]; // prettier-ignore
    const environment = { ...process.env, PRIOLAB_PEAK_FILE: peakFile };
    const start = performance.now();
    await promisify(execFile)(process.execPath, command, { env: environment });
    const seconds = (performance.now() - start) / 1000;
    const peakMiB = Number(readFileSync(peakFile, 'utf8')) / MIB;
    return { batchMiB: batch.byteCount / MIB, packetCount: batch.packetCount, peakMiB, seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const isMain = process.argv[1] === import.meta.filename;
if (isMain) process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      mib: { type: 'string', default: '400' },
      bins: { type: 'string', default: '1344' },
      role: { type: 'string', default: 'leader' },
      json: { type: 'boolean', default: false },
    },
  });
  const mib = Number(values.mib);
  const bins = Number(values.bins);
  const { role } = values;
  if (!(mib > 0 && bins >= 1) || (role !== 'leader' && role !== 'helper')) {
    console.error('expected --mib and --bins above 0, --role leader or helper');
    return 2;
  }
  const result = await measureMemory({ mib, bins, role });
  const { batchMiB, packetCount, peakMiB, seconds } = result;
  if (values.json) console.log(JSON.stringify(result));
  else {
    console.log(`batch     ${batchMiB.toFixed(0)} MiB, ${packetCount} packets of ${bins} bins`);
    console.log(`memory    ${peakMiB.toFixed(0)} MiB at most (limit ${LIMIT_MIB})`);
    console.log(`time      ${seconds.toFixed(1)} s`);
  }
  return peakMiB < LIMIT_MIB ? 0 : 1;
}
