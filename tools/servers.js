/**
 * `npm run servers -- start|stop|status [--only postgres] [--data FOLDER] [--port N]`: a throw-away
 * PostgreSQL for the tests that need one. `start` prints what the shell takes over:
 *
 *     eval "$(node tools/servers.js start)"
 *
 * It listens on loopback only, where everybody may connect without a password. Its data is durable
 * (fsync is on), but goes with `stop` unless `--data` names a folder. Exit codes: 0, 1 (failed, or
 * not running), 2 (usage), 3 (the server's programs are not installed).
 */

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const RECORD = fileURLToPath(
  new URL('../node_modules/.cache/priolab/servers.json', import.meta.url),
);
const USER = 'priolab';
const USAGE =
  'usage: servers.js start|stop|status [--only postgres] [--data FOLDER] [--port N], got ';
const MISSING =
  'PostgreSQL is not installed: apt install postgresql, brew install postgresql, ' +
  'or set PRIOLAB_POSTGRES to the URL of a server';

/**
 * A server that was started.
 * @typedef {{ bin: string, folder: string, port: number, isTemporary: boolean }} Server
 */

/** A line for people; what the shell takes over goes to the other stream. */
const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`);

/** @param {readonly string[]} words */
function readArguments(words) {
  const options = /** @type {const} */ ({
    only: { type: 'string' },
    data: { type: 'string' },
    port: { type: 'string' },
  });
  const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
  const { only = 'postgres', data, port = '0' } = values;
  const [command = '', ...rest] = positionals;
  if (only !== 'postgres' || rest.length > 0 || !/^\d{1,5}$/.test(port)) {
    throw new TypeError(words.join(' '));
  }
  return { command, data, port: Number(port) };
}

/** @returns {Server | undefined} */
function readRecord() {
  try {
    return JSON.parse(fs.readFileSync(RECORD, 'utf8')).postgres;
  } catch {
    return undefined;
  }
}

/** The folder with the server's programs: on the PATH, or the newest where Debian has them. */
function findPrograms() {
  // The same on each Debian, and not on its PATH.
  const debian = join('/', 'usr', 'lib', 'postgresql');
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian) : [];
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  const folders = [
    ...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
    ...newestFirst.map((version) => join(debian, version, 'bin')),
  ];
  const programs = ['initdb', 'pg_ctl', 'postgres'];
  return folders.find((folder) => programs.every((name) => fs.existsSync(join(folder, name))));
}

/** The server refuses to run as root: then it is another user's, `postgres` where there is one. */
function findOwner() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((what) =>
      spawnSync('id', [what, name], { encoding: 'utf8' }).stdout?.trim(),
    );
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('as root, the server needs a user named postgres or nobody');
}

/**
 * Runs one of the server's programs to its end.
 * @param {Pick<Server, 'bin' | 'folder'>} server
 * @param {string} name
 * @param {readonly string[]} words
 */
function run({ bin, folder }, name, words) {
  const { status, error, stdout, stderr } = spawnSync(join(bin, name), words, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    ...findOwner(),
  });
  const text = `${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`;
  return { isDone: status === 0, text };
}

/** @param {Server} server */
const isRunning = (server) =>
  run(server, 'pg_ctl', ['status', '-D', join(server.folder, 'data')]).isDone;

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((done, fail) => {
    const server = createServer().on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });

/** @param {string | undefined} data */
function makeFolder(data) {
  const folder =
    data === undefined ? fs.mkdtempSync(join(tmpdir(), 'priolab-servers-')) : resolve(data);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const owner = findOwner();
  if (owner !== undefined) fs.chownSync(folder, owner.uid, owner.gid);
  return folder;
}

/** @param {{ data: string | undefined, port: number }} options */
async function start({ data, port }) {
  const known = readRecord();
  if (known !== undefined && isRunning(known)) return announce(known);
  // Left behind by a machine that went down.
  if (known?.isTemporary === true) fs.rmSync(known.folder, { recursive: true, force: true });
  const bin = findPrograms();
  if (bin === undefined) {
    say(MISSING);
    return 3;
  }
  const folder = makeFolder(data);
  const server = { bin, folder, port: port || (await freePort()), isTemporary: data === undefined };
  const failure = initialize(server) ?? launch(server);
  if (failure !== undefined) {
    say(`PostgreSQL did not start: ${failure.trim()}`);
    if (server.isTemporary) fs.rmSync(folder, { recursive: true, force: true });
    return 1;
  }
  fs.mkdirSync(resolve(RECORD, '..'), { recursive: true });
  fs.writeFileSync(RECORD, JSON.stringify({ postgres: server }));
  say(`PostgreSQL runs on port ${server.port}, data in ${folder}`);
  return announce(server);
}

/**
 * Makes the server's data, where there is none yet.
 * @param {Server} server
 * @returns {string | undefined} what went wrong
 */
function initialize(server) {
  const data = join(server.folder, 'data');
  if (fs.existsSync(join(data, 'PG_VERSION'))) return undefined;
  const settings = ['--auth=trust', `--username=${USER}`, '--encoding=UTF8', '--no-locale'];
  const { isDone, text } = run(server, 'initdb', ['-D', data, ...settings]);
  return isDone ? undefined : text;
}

/**
 * @param {Server} server
 * @returns {string | undefined} what went wrong
 */
function launch(server) {
  const { folder, port } = server;
  // The path of a socket is at most some hundred characters long: 107 on Linux.
  const socket = folder.length < 80 ? folder : '';
  const settings = [
    `-p ${port}`,
    '-c listen_addresses=127.0.0.1',
    `-c unix_socket_directories='${socket}'`,
  ];
  const words = ['-D', join(folder, 'data'), '-l', join(folder, 'log'), '-w', '-t', '60'];
  const { isDone, text } = run(server, 'pg_ctl', ['start', ...words, '-o', settings.join(' ')]);
  if (isDone) return undefined;
  const log = join(folder, 'log');
  return `${text}\n${fs.existsSync(log) ? fs.readFileSync(log, 'utf8').slice(-2000) : ''}`;
}

/** @param {Server} server */
function announce({ port }) {
  const url = `postgres://${USER}@127.0.0.1:${port}/postgres`;
  process.stdout.write(`export PRIOLAB_POSTGRES='${url}'\n`);
  return 0;
}

function stop() {
  const server = readRecord();
  if (server === undefined) return 0;
  if (isRunning(server)) {
    const words = ['-D', join(server.folder, 'data'), '-m', 'fast', '-w', '-t', '60'];
    const { isDone, text } = run(server, 'pg_ctl', ['stop', ...words]);
    if (!isDone) {
      say(`PostgreSQL did not stop: ${text.trim()}`);
      return 1;
    }
  }
  if (server.isTemporary) fs.rmSync(server.folder, { recursive: true, force: true });
  fs.rmSync(RECORD, { force: true });
  process.stdout.write('unset PRIOLAB_POSTGRES\n');
  return 0;
}

function status() {
  const server = readRecord();
  if (server !== undefined && isRunning(server)) return announce(server);
  say('PostgreSQL is not running');
  return 1;
}

/** @param {readonly string[]} words */
async function main(words) {
  try {
    const { command, ...options } = readArguments(words);
    if (command === 'start') return await start(options);
    if (command === 'stop') return stop();
    if (command === 'status') return status();
  } catch (error) {
    if (!(error instanceof TypeError)) {
      say(error instanceof Error ? error.message : String(error));
      return 1;
    }
  }
  say(USAGE + (words.join(' ') || 'nothing'));
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
