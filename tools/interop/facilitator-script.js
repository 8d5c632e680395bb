/**
 * Writes `facilitator.sh`: the commands of the real facilitator for the other side, with every flag
 * that they need on one machine. Manifests are read over HTTPS only there, so buckets and public
 * keys are named by flags. Source: flags of prio-server at 5aeb486a (facilitator 0.1.0).
 */

import { SIDES } from './layout.js';
import { keyId } from './prepare.js';

/** @typedef {import('./layout.js').Settings} Settings */

const HEAD = `#!/bin/sh
# The facilitator's side, by the real program of prio-server (made by tools/interop.js):
#
#   FACILITATOR=/path/to/facilitator sh facilitator.sh lint|sample|intake|aggregate
#
# The program tells its arguments in its first line of log, keys included: test keys only.
# SINGLE_OBJECT=true: validations as one object each.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
facilitator=\${FACILITATOR:-facilitator}
key() { cat "$here/keys/$1"; }`;

const TAIL = `
case "\${1:-}" in
  lint | sample | intake | aggregate) "$1" ;;
  *) echo 'usage: facilitator.sh lint|sample|intake|aggregate' >&2; exit 2 ;;
esac
`;

/** @param {Settings} settings */
export function facilitatorScript(settings) {
  const commands = [lint(settings), sample(settings), intake(settings), aggregate(settings)];
  return [HEAD, ...commands, TAIL].join('\n');
}

/** One command with its options, one a line. @param {readonly (readonly string[])[]} options */
const run = (/** @type {string} */ command, options) =>
  [`  "$facilitator" ${command}`, ...options.map((words) => words.join(' '))].join(' \\\n    ');

const file = (/** @type {string} */ path) => `"$here/${path}"`;
const key = (/** @type {string} */ name) => `"$(key ${name})"`;

/** @param {Settings} settings */
function lint({ instance }) {
  const manifest = (/** @type {string} */ name) => [
    '--manifest-path',
    file(`manifests/${name}.json`),
  ];
  const kind = (/** @type {string} */ name) => ['--manifest-kind', name];
  return [
    '\nlint() {',
    run('lint-manifest', [kind('ingestor-global'), manifest('ingestor')]),
    run('lint-manifest', [kind('portal-global'), manifest('portal')]),
    ...SIDES.map((side) =>
      run('lint-manifest', [
        kind('data-share-processor-specific'),
        ['--instance', instance],
        manifest(side),
      ]),
    ),
    '}',
  ].join('\n');
}

/** @param {Settings} settings */
function sample(settings) {
  const { aggregation, date, packets, bins, epsilon, batches } = settings;
  const endMs = Date.parse(settings.inWindow);
  const commands = batches.map((batch) =>
    run('generate-ingestion-sample', [
      ['--aggregation-id', aggregation],
      ['--batch-id', batch],
      ['--date', date],
      ['--dimension', `${bins}`],
      ['--packet-count', `${packets}`],
      ['--epsilon', `${epsilon}`],
      ['--batch-start-time', `${endMs - 3_600_000}`],
      ['--batch-end-time', `${endMs}`],
      ['--pha-ecies-public-key', key('pha.packet-public')],
      ['--facilitator-ecies-public-key', key('facilitator.packet-public')],
      ['--peer-output', file('buckets/pha-ingestion')],
      ['--facilitator-output', file('buckets/facilitator-ingestion')],
      ['--batch-signing-private-key', key('ingestor.signing-key')],
      ['--batch-signing-private-key-identifier', keyId('ingestor')],
    ]),
  );
  return ['\nsample() {', ...commands, '}'].join('\n');
}

/** What intake and aggregation have in common. @param {Settings} settings */
function common({ theirs, instance, aggregation }) {
  return [
    ['--instance-name', instance],
    ['--is-first', `${theirs === 'pha'}`],
    ['--aggregation-id', aggregation],
    ['--packet-decryption-keys', key(`${theirs}.packet-key`)],
    ['--batch-signing-private-key', key(`${theirs}.signing-key`)],
    ['--batch-signing-private-key-default-identifier', keyId(theirs)],
    ['--ingestor-input', file(`buckets/${theirs}-ingestion`)],
    ['--ingestor-public-key', key('ingestor.signing-public')],
    ['--ingestor-public-key-identifier', keyId('ingestor')],
  ];
}

/** @param {Settings} settings */
function intake(settings) {
  const commands = settings.batches.map((batch) =>
    run('intake-batch', [
      ...common(settings),
      ['--batch-id', batch],
      ['--date', settings.date],
      ['--peer-output', file(`buckets/${settings.ours}-validations`)],
      ['--write-single-object-validation-batches', '"${SINGLE_OBJECT:-false}"'],
    ]),
  );
  return ['\nintake() {', ...commands, '}'].join('\n');
}

/** @param {Settings} settings */
function aggregate(settings) {
  const { ours, theirs, date, start, end, batches } = settings;
  const command = run('aggregate', [
    ...common(settings),
    ...batches.map((batch) => ['--batch-id', batch, '--batch-time', date]),
    ['--aggregation-start', start],
    ['--aggregation-end', end],
    ['--peer-input', file(`buckets/${theirs}-validations`)],
    ['--peer-public-key', key(`${ours}.signing-public`)],
    ['--peer-public-key-identifier', keyId(ours)],
    ['--portal-output', file(`buckets/${theirs}-sums`)],
  ]);
  return ['\naggregate() {', command, '}'].join('\n');
}
