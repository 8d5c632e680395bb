/**
 * `npm run interop -- prepare|ours|theirs|check|all FOLDER [options]`: our processor and a real
 * prio-server `facilitator` on the two sides of one folder of buckets. docs/interop.md says how to
 * try it. Exit codes: 0 done, 1 the sums are not what they must be, 2 usage, 3 the other side has
 * not done its part yet.
 */

import { appendFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { $, sleep } from 'zx';

import { facilitatorScript } from './interop/facilitator-script.js';
import {
  SIDES,
  batchFiles,
  readSettings,
  settingsOf,
  sumFile,
  sumPerBin,
} from './interop/layout.js';
import { PROCESSOR, SIMULATOR, prepare } from './interop/prepare.js';

/** @typedef {import('./interop/layout.js').Settings} Settings */

const USAGE = `Usage: npm run interop -- <command> FOLDER [options]

  prepare FOLDER   makes buckets, keys, manifests, configurations, a sample and facilitator.sh
    --ours pha|facilitator   which side our processor is (pha)
    --sample ours|theirs     whose generator writes the ingestion batches (ours)
    --batches N --packets N --bins N   (2, 10, 10)
    --single-object          our validations as one object each
  ours FOLDER      our side: takes in the batches; sums them once the other side has validated
    --serve          as the service, waiting for the other side, instead of step by step
  theirs FOLDER    the other side, by facilitator.sh
    --facilitator-binary PATH   the real program
    --rehearse                  our processor plays it
  check FOLDER     adds both sum parts (priolab combine) and compares them with the sample
  all FOLDER       all of this in order, with the options above

  --patience SECONDS   how long --serve waits (600)`;

const LOOKS_PER_SECOND = 5;
const EXIT = { done: 0, wrong: 1, usage: 2, notYet: 3 };

class Stop extends Error {
  /** @param {number} exitCode @param {string} message */
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A line for whoever looks on. */
const say = (/** @type {string} */ line) => void process.stdout.write(`${line}\n`);

function readArguments() {
  const options = /** @type {const} */ ({
    ours: { type: 'string', default: 'pha' },
    sample: { type: 'string', default: 'ours' },
    batches: { type: 'string', default: '2' },
    packets: { type: 'string', default: '10' },
    bins: { type: 'string', default: '10' },
    'single-object': { type: 'boolean', default: false },
    serve: { type: 'boolean', default: false },
    'facilitator-binary': { type: 'string' },
    rehearse: { type: 'boolean', default: false },
    patience: { type: 'string', default: '600' },
    help: { type: 'boolean', default: false },
  });
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Stop(EXIT.usage, `${/** @type {Error} */ (error).message}\n\n${USAGE}`);
  }
}

/** @typedef {ReturnType<typeof readArguments>['values']} Options */

/** @param {string} name @param {string} text @param {number} max */
function wholeNumber(name, text, max) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new Stop(EXIT.usage, `--${name}: got ${text}, allowed: 1 to ${max}`);
}

/** @param {string} name @param {string} text @param {readonly string[]} allowed */
function oneOf(name, text, allowed) {
  if (allowed.includes(text)) return text;
  throw new Stop(EXIT.usage, `--${name}: got ${text}, allowed: ${allowed.join(', ')}`);
}

/** @param {string} folder @param {Options} options */
async function prepareFolder(folder, options) {
  if (existsSync(folder)) throw new Stop(EXIT.usage, `${folder} exists; it is left alone`);
  const settings = settingsOf({
    ours: oneOf('ours', options.ours, SIDES),
    sample: oneOf('sample', options.sample, ['ours', 'theirs']),
    batches: wholeNumber('batches', options.batches, 100),
    packets: wholeNumber('packets', options.packets, 100_000),
    // The facilitator's generator also makes a client of one bin less, which must not be none.
    bins: wholeNumber('bins', options.bins, 256),
    singleObject: options['single-object'],
  });
  if (settings.bins < 2) throw new Stop(EXIT.usage, '--bins: got 1, allowed: 2 to 256');
  await prepare(folder, settings);
  writeFileSync(join(folder, 'facilitator.sh'), facilitatorScript(settings), { mode: 0o700 });
  say(`${folder}: ours is the ${settings.ours}, the other side's commands are in facilitator.sh`);
}

/** @param {string} folder @param {Settings} settings @param {string} side */
async function takeIn(folder, settings, side) {
  const { instance, aggregation, date } = settings;
  const config = join(folder, `${side}.json`);
  for (const batch of settings.batches) {
    const which = ['--instance', instance, '--aggregation', aggregation, '--date', date];
    await $`node ${PROCESSOR} intake --config ${config} ${which} --batch ${batch}`;
  }
}

/** @param {string} folder @param {Settings} settings @param {string} side */
async function sum(folder, settings, side) {
  const { instance, aggregation, start } = settings;
  const config = join(folder, `${side}.json`);
  endWindow(folder, settings);
  const which = ['--instance', instance, '--aggregation', aggregation, '--start', start];
  await $`node ${PROCESSOR} aggregate --config ${config} ${which}`;
}

/** @param {string} folder @returns {Settings} */
function settingsIn(folder) {
  try {
    return readSettings(folder);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    const text = `${folder}: got no prepared folder, first: npm run interop -- prepare ${folder}`;
    throw new Stop(EXIT.usage, text);
  }
}

/** Moves our clock behind the window, as a whole: somebody may be reading it. */
function endWindow(/** @type {string} */ folder, /** @type {Settings} */ settings) {
  const draft = join(folder, `clock.${process.pid}`);
  writeFileSync(draft, `${settings.afterWindow}\n`);
  renameSync(draft, join(folder, 'clock'));
}

/**
 * Whether a side has what its sum needs: without it, its window would be fixed without the batch.
 * @param {string} folder @param {Settings} settings @param {string} side
 */
function isValidated(folder, settings, side) {
  const peer = side === 'pha' ? 1 : 0;
  const files = batchFiles(settings, `validity_${peer}.sig`);
  return files.every((file) => existsSync(join(folder, 'buckets', `${side}-validations`, file)));
}

/** @param {string} folder @param {Settings} settings @param {string} side */
function isIngested(folder, settings, side) {
  const files = batchFiles(settings, 'batch.sig');
  return files.every((file) => existsSync(join(folder, 'buckets', `${side}-ingestion`, file)));
}

/** @param {string} folder @param {Settings} settings @param {string} side */
const isSummed = (folder, settings, side) =>
  existsSync(join(folder, 'buckets', `${side}-sums`, `${sumFile(settings, side)}.sig`));

/** @param {string} folder @param {Options} options */
async function ours(folder, options) {
  const settings = settingsIn(folder);
  const side = settings.ours;
  if (!isIngested(folder, settings, side)) {
    throw new Stop(EXIT.notYet, 'no ingestion batches yet: sh facilitator.sh sample, then again');
  }
  if (options.serve) return serve(folder, settings, options);
  if (!isValidated(folder, settings, settings.theirs)) {
    await takeIn(folder, settings, side);
    say(`${side} (ours): ${settings.batches.length} batches taken in`);
  }
  if (!isValidated(folder, settings, side)) {
    throw new Stop(EXIT.notYet, 'the other side has not validated: its intake, then this again');
  }
  await sum(folder, settings, side);
  say(`${side} (ours): summed`);
}

/**
 * Our service, until it has written its sum part. The clock stands in the window until the other
 * side has spoken of every batch: a peer of 2021 is not waited for once a window is over.
 * @param {string} folder @param {Settings} settings @param {Options} options
 */
async function serve(folder, settings, options) {
  const side = settings.ours;
  const looks = LOOKS_PER_SECOND * wholeNumber('patience', options.patience, 86_400);
  const service = $({
    nothrow: true,
  })`node ${PROCESSOR} serve --config ${join(folder, `${side}.json`)}`;
  let isRunning = true;
  void service.then(() => (isRunning = false));
  try {
    for (let look = 0; !isSummed(folder, settings, side); look++) {
      if (isValidated(folder, settings, side)) endWindow(folder, settings);
      if (!isRunning) throw new Stop(EXIT.wrong, `our service has stopped\n${tail(await service)}`);
      if (look > looks) throw new Stop(EXIT.notYet, `not summed after ${options.patience} s`);
      await sleep(1000 / LOOKS_PER_SECOND);
    }
    say(`${side} (ours): summed by the service`);
  } finally {
    if (isRunning) await service.kill('SIGTERM').catch(() => {});
    await service;
  }
}

/** @param {Options} options */
function checkOther(options) {
  if ((options['facilitator-binary'] === undefined) === options.rehearse) return;
  throw new Stop(EXIT.usage, 'the other side: either --facilitator-binary PATH or --rehearse');
}

/** @param {string} folder @param {Options} options @param {readonly string[]} steps */
async function theirs(folder, options, steps) {
  checkOther(options);
  const settings = settingsIn(folder);
  const binary = options['facilitator-binary'];
  for (const step of steps) {
    if (step === 'aggregate' && !isValidated(folder, settings, settings.theirs)) {
      throw new Stop(
        EXIT.notYet,
        'we have not validated: npm run interop -- ours, then this again',
      );
    }
    if (binary !== undefined) await runFacilitator(folder, resolve(binary), step);
    else if (step === 'intake') await takeIn(folder, settings, settings.theirs);
    else if (step === 'aggregate') await sum(folder, settings, settings.theirs);
    say(`${settings.theirs} (${binary === undefined ? 'rehearsed' : 'theirs'}): ${step} done`);
  }
}

/** @param {string} folder @param {string} binary @param {string} step */
async function runFacilitator(folder, binary, step) {
  const script = join(folder, 'facilitator.sh');
  const env = { ...process.env, FACILITATOR: binary };
  const output = await $({ nothrow: true, env })`sh ${script} ${step}`;
  // Its first line tells all its arguments, keys among them.
  const log = join(folder, 'facilitator.log');
  appendFileSync(log, `${step}\n${output.stdout}${output.stderr}`, { mode: 0o600 });
  if (output.exitCode === 0) return;
  throw new Stop(EXIT.wrong, `facilitator.sh ${step}: exit code ${output.exitCode}; see ${log}`);
}

/** @param {string} folder */
async function check(folder) {
  const settings = settingsIn(folder);
  for (const side of SIDES) {
    if (isSummed(folder, settings, side)) continue;
    throw new Stop(EXIT.notYet, `no sum part of the ${side} yet`);
  }
  const options = SIDES.flatMap((side) => [
    `--${side}`,
    join(folder, 'buckets', `${side}-sums`),
    `--${side}-manifest`,
    join(folder, 'manifests', `${side}.json`),
  ]);
  const output = await $({ nothrow: true })`node ${SIMULATOR} combine ${options} --json`;
  if (output.stdout === '') throw new Stop(EXIT.wrong, tail(output));
  const { totals, held, unreadable } = JSON.parse(output.stdout);
  for (const one of [...held, ...unreadable]) say(`HELD  ${JSON.stringify(one)}`);
  if (totals.length !== 1) throw new Stop(EXIT.wrong, `expected one sum, got ${totals.length}`);
  const { clients: clientCount, refused, totals: sums } = totals[0];
  const clients = settings.packets * settings.batches.length;
  const expected = sumPerBin(settings);
  say(`expected: ${clients} clients, none refused: ${expected.join(' ')}`);
  say(`got:      ${clientCount} clients, ${refused.length} refused: ${sums.join(' ')}`);
  const isRight = clientCount === clients && refused.length === 0;
  if (!isRight || sums.join(' ') !== expected.join(' ')) {
    throw new Stop(EXIT.wrong, 'the sums are not those of the sample');
  }
  say('both sides agree, and the sums are those of the sample');
}

/** @param {string} folder @param {Options} options */
async function all(folder, options) {
  checkOther(options);
  if (options.sample === 'theirs' && options.rehearse) {
    throw new Stop(EXIT.usage, '--sample theirs: needs --facilitator-binary');
  }
  await prepareFolder(folder, options);
  const settings = settingsIn(folder);
  if (!options.rehearse) await theirs(folder, options, ['lint']);
  if (settings.sample === 'theirs') await theirs(folder, options, ['sample']);
  const intake = () => theirs(folder, options, ['intake']);
  if (options.serve) await Promise.all([ours(folder, options), intake()]);
  else {
    await Promise.all([takeIn(folder, settings, settings.ours), intake()]);
    await ours(folder, options);
  }
  await theirs(folder, options, ['aggregate']);
  await check(folder);
}

/** @param {{ readonly stdout: string, readonly stderr: string }} output */
const tail = ({ stdout, stderr }) => `${stdout}${stderr}`.trim().split('\n').slice(-20).join('\n');

async function main() {
  const { values, positionals } = readArguments();
  const [command, place, ...more] = positionals;
  if (values.help) return say(USAGE);
  if (place === undefined || more.length > 0) throw new Stop(EXIT.usage, USAGE);
  const folder = resolve(place);
  if (command === 'prepare') return prepareFolder(folder, values);
  if (command === 'ours') return ours(folder, values);
  if (command === 'theirs') return theirs(folder, values, ['intake', 'aggregate']);
  if (command === 'check') return check(folder);
  if (command === 'all') return all(folder, values);
  throw new Stop(EXIT.usage, USAGE);
}

$.quiet = true;
try {
  await main();
} catch (error) {
  const { exitCode = EXIT.wrong, message } = /** @type {{ exitCode?: number, message: string }} */ (
    error
  );
  process.stderr.write(`interop: ${message}\n`);
  process.exitCode = exitCode ?? EXIT.wrong;
}
