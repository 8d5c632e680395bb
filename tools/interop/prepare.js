/**
 * Makes a folder in which our processor and a facilitator can work side by side, with our own
 * commands: keys and manifests by `priolab`, ingestion batches by `priolab-processor`.
 */

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';

import { SIDES } from './layout.js';

/** @typedef {import('./layout.js').Settings} Settings */

const entry = (/** @type {string} */ path) =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Our commands, started without npm: it would cost more than they do. */
export const PROCESSOR = entry('apps/processor/bin/priolab-processor.js');
export const SIMULATOR = entry('apps/simulator/bin/priolab.js');

/** Identifiers of keys, in signatures and manifests. */
export const keyId = (/** @type {string} */ name, kind = 'signing') => `${name}-${kind}-1`;

/** Where the 65 bytes of a point begin in a P-256 SubjectPublicKeyInfo. */
const SPKI_PREFIX = 26;

/** @param {string} folder @param {Settings} settings */
export async function prepare(folder, settings) {
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ['keys', 'manifests', 'buckets'])
    mkdirSync(join(folder, name), { mode: 0o700 });
  for (const side of SIDES) {
    for (const use of ['ingestion', 'validations', 'sums']) mkdirSync(bucket(folder, side, use));
  }
  writeFileSync(join(folder, 'interop.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
  writeFileSync(join(folder, 'clock'), `${settings.inWindow}\n`);
  await makeKeys(folder);
  for (const side of SIDES) writeConfig(folder, settings, side);
  await Promise.all([makeManifests(folder), makeSample(folder, settings)]);
}

/** @param {string} folder @param {string} side @param {string} use */
const bucket = (folder, side, use) => join(folder, 'buckets', `${side}-${use}`);

/** @param {string} folder */
async function makeKeys(folder) {
  const keys = join(folder, 'keys');
  await Promise.all([
    $`node ${SIMULATOR} keygen --out ${keys} --name ingestor --kind signing`,
    ...SIDES.map((side) => $`node ${SIMULATOR} keygen --out ${keys} --name ${side}`),
  ]);
  // The facilitator's flags take public keys as base64 of the bare point.
  for (const name of ['ingestor', ...SIDES]) {
    const text = readFileSync(join(keys, `${name}.signing-key`), 'utf8');
    const der = Buffer.from(text, 'base64');
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    writePublic(keys, `${name}.signing-public`, spki.subarray(SPKI_PREFIX));
  }
  for (const side of SIDES) {
    const both = Buffer.from(readFileSync(join(keys, `${side}.packet-key`), 'utf8'), 'base64');
    writePublic(keys, `${side}.packet-public`, both.subarray(0, 65));
  }
}

/** @param {string} keys @param {string} name @param {Buffer} point */
const writePublic = (keys, name, point) =>
  writeFileSync(join(keys, name), `${point.toString('base64')}\n`);

/** @param {string} folder */
async function makeManifests(folder) {
  const out = (/** @type {string} */ name) => ['--out', join(folder, 'manifests', `${name}.json`)];
  const key = (/** @type {string} */ name, kind = 'signing') => [
    `--${kind}-key`,
    `${keyId(name, kind)}=${join(folder, 'keys', `${name}.${kind}-key`)}`,
  ];
  const sums = SIDES.flatMap((side) => [`--${side}-sum-part-bucket`, bucket(folder, side, 'sums')]);
  const email = ['--gcp-service-account-email', 'ingestor@example.org'];
  await Promise.all([
    $`node ${SIMULATOR} manifest ingestor ${email} ${key('ingestor')} ${out('ingestor')}`,
    $`node ${SIMULATOR} manifest portal ${sums} ${out('portal')}`,
    ...SIDES.map((side) => {
      const buckets = [
        '--ingestion-bucket', bucket(folder, side, 'ingestion'),
        '--peer-validation-bucket', bucket(folder, side, 'validations'),
        '--common-name', `${side}.example.org`,
      ]; // prettier-ignore
      const keys = [...key(side), ...key(side, 'packet')];
      return $`node ${SIMULATOR} manifest processor ${buckets} ${keys} ${out(side)}`;
    }),
  ]);
}

/** The configuration of our processor as one side. @param {Settings} settings */
function writeConfig(/** @type {string} */ folder, settings, /** @type {string} */ side) {
  const peer = side === 'pha' ? 'facilitator' : 'pha';
  const config = {
    format: 1,
    role: side === 'pha' ? 'leader' : 'helper',
    instances: {
      [settings.instance]: {
        ingestion: `buckets/${side}-ingestion`,
        validations: `buckets/${side}-validations`,
        ingestorManifest: 'manifests/ingestor.json',
        peerManifest: `manifests/${peer}.json`,
      },
    },
    portalManifest: 'manifests/portal.json',
    signingKey: { id: keyId(side), file: `keys/${side}.signing-key` },
    packetKeys: [`keys/${side}.packet-key`],
    state: `sqlite:${side}-state.db`,
    schedule: { scanEverySeconds: 1 },
    peer: 'prio-server',
    singleObjectValidations: settings.singleObject,
    clockFile: 'clock',
  };
  const text = `${JSON.stringify(config, undefined, 2)}\n`;
  writeFileSync(join(folder, `${side}.json`), text);
}

/** @param {string} folder @param {Settings} settings */
async function makeSample(folder, settings) {
  if (settings.sample !== 'ours') return;
  const { aggregation, date, batches, packets, bins, epsilon } = settings;
  const key = (/** @type {string} */ file) => join(folder, 'keys', file);
  const common = [
    '--aggregation', aggregation, '--date', date, '--bins', `${bins}`, '--packets', `${packets}`,
    '--epsilon', `${epsilon}`,
    '--leader-bucket', bucket(folder, 'pha', 'ingestion'), '--leader-key', key('pha.packet-key'),
    '--helper-bucket', bucket(folder, 'facilitator', 'ingestion'),
    '--helper-key', key('facilitator.packet-key'),
    '--signing-key-id', keyId('ingestor'), '--signing-key', key('ingestor.signing-key'),
  ]; // prettier-ignore
  for (const batch of batches) {
    await $`node ${PROCESSOR} generate-sample ${common} --batch ${batch}`;
  }
}
