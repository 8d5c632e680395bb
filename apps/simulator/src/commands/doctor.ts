/**
 * `priolab doctor`: whether this machine can run priolab, how well, and what is left out here. Exit
 * code 2 where something would not work, as of a run that can't begin.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { EXIT, describeEnvironment } from '@priolab/harness';

import { parse } from '../arguments.ts';
import { checkBackends } from '../doctor/backends.ts';
import { lookAtAll } from '../doctor/finding.ts';
import type { Check, Finding } from '../doctor/finding.ts';
import {
  checkClock,
  checkMemory,
  checkNode,
  checkNoise,
  checkProcessor,
  checkSimd,
  measure,
} from '../doctor/machine.ts';
import { checkChromium, checkGit, checkPostgres, checkVectors } from '../doctor/optional.ts';
import { checkBundles, checkRuns } from '../doctor/places.ts';
import { printable } from '../streams.ts';

const SCHEMA = 'priolab-doctor/1';
const ROOT = new URL('../../../../', import.meta.url);

const options = {
  out: { type: 'string', default: 'runs' },
  json: { type: 'boolean', default: false },
} as const;

export async function doctor(args: readonly string[]): Promise<number> {
  const { values } = parse('doctor', args, options, ({ positionals }) => [
    positionals.length > 0 ? `got "${positionals.join(' ')}"; allowed: options only` : undefined,
  ]);
  const findings = await lookAtAll(checksOf(values.out));
  const count = (level: Finding['level']) => findings.filter((one) => one.level === level).length;
  const exitCode = count('problem') > 0 ? EXIT.usage : EXIT.pass;
  if (values.json) {
    console.log(JSON.stringify({ schema: SCHEMA, exitCode, checks: findings }, null, 2));
    return exitCode;
  }
  const width = Math.max(...findings.map(({ id }) => id.length));
  for (const { id, level, found, hint } of findings) {
    const begin = `${level.padEnd(7)}  ${id.padEnd(width)}  `;
    console.log(printable(`${begin}${found}`));
    if (hint !== undefined) console.log(printable(`${' '.repeat(begin.length)}${hint}`));
  }
  const sums = (['ok', 'note', 'problem'] as const).map((level) => `${count(level)} ${level}`);
  console.log(`${sums.join(', ')} (exit code ${exitCode})`);
  return exitCode;
}

function checksOf(out: string): readonly Check[] {
  const place = (path: string) => fileURLToPath(new URL(path, ROOT));
  return [
    { id: 'node', look: () => checkNode(neededNode()) },
    { id: 'processor', look: () => checkProcessor() },
    { id: 'simd', look: () => checkSimd() },
    { id: 'backends', look: checkBackends() },
    { id: 'memory', look: () => checkMemory() },
    { id: 'clock', look: () => checkClock() },
    { id: 'noise', look: () => checkNoise(measure()) },
    { id: 'runs', look: () => checkRuns(out) },
    { id: 'bundles', look: () => checkBundles(place('node_modules/.cache/priolab')) },
    { id: 'git', look: () => checkGit(describeEnvironment().commit) },
    { id: 'postgres', look: () => checkPostgres(process.env) },
    { id: 'chromium', look: () => checkChromium(process.env) },
    { id: 'vectors', look: () => checkVectors(process.env, place('../shared/vectors')) },
  ];
}

function neededNode(): string {
  const manifest = readFileSync(new URL('package.json', ROOT), 'utf8');
  return (JSON.parse(manifest) as { engines: { node: string } }).engines.node;
}
