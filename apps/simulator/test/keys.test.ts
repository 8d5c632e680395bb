/** `priolab keygen` and `priolab manifest`, as a user runs them: files, their modes, exit codes. */

import { chmodSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { decodeKeyPair, decodeSigningKey, encodePublicKey, publicKeyToPem } from '@priolab/crypto';
import { EXIT, UsageError } from '@priolab/harness';
import {
  batchSigningKeys,
  packetEncryptionKeys,
  readIngestorManifest,
  readPortalManifest,
  readProcessorGlobalManifest,
  readProcessorManifest,
} from '@priolab/roles/manifest';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { keygen } from '../src/commands/keygen.ts';
import { manifest } from '../src/commands/manifest.ts';
import { createCli } from './fixture.ts';

/** As a user runs it, and the same in this process: 0.6 s for each of 20 would be too slow. */
const { folder, priolab: priolabItself } = createCli();
const home = process.cwd();
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  keygen,
  manifest,
};
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

async function priolab(command: string, ...args: readonly string[]) {
  const said = { out: '', err: '' };
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void (said.out += `${text}\n`));
  const error = vi.spyOn(console, 'error').mockImplementation((text) => {
    said.err += `${text}\n`;
  });
  try {
    return { code: await commands[command]!(args), ...said };
  } catch (mistake) {
    if (!(mistake instanceof UsageError)) throw mistake;
    return { code: EXIT.usage as number, ...said, err: `${mistake.message}\n` };
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const linesOf = (text: string) => text.trim().split('\n');
const EXPIRATION = '2030-01-31T00:00:00Z';
const NOW = ['--now', '2029-01-01T00:00:00Z'];

/** Options of a processor whose keys are those of `keygen --name <name>`. */
function processorOptions(...names: readonly string[]): string[] {
  return [
    '--ingestion-bucket=s3://us-west-1/in',
    '--peer-validation-bucket=gs://peer',
    '--common-name=processor.example.org',
    ...names.flatMap((name) => ['--packet-key', `packet-${name}=keys/${name}.packet-key`]),
    ...names.flatMap((name) => {
      return ['--signing-key', `signing-${name}=keys/${name}.signing-key,${EXPIRATION}`];
    }),
  ];
}

let made: Awaited<ReturnType<typeof priolab>>;
beforeAll(async () => {
  made = await priolab('keygen', '--out', 'keys', '--name', 'a');
  expect((await priolab('keygen', '--out', 'keys', '--name', 'b')).code).toBe(0);
  const options = [...processorOptions('a', 'b'), '--out', 'both.json'];
  expect(await priolab('manifest', 'processor', ...options)).toEqual({ code: 0, out: '', err: '' });
});

describe('keygen', () => {
  test('writes both private halves for their owner alone, and prints the public ones', async () => {
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(statSync(join(folder, 'keys/a.packet-key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'keys/a.signing-key')).mode & 0o777).toBe(0o600);
    const packet = read('keys/a.packet-key').trim();
    expect(made.out).toContain(`\n${encodePublicKey(decodeKeyPair(packet).publicKey)}\n`);
    expect(made.out).not.toContain(packet.slice(-40));
    const signing = decodeSigningKey(read('keys/a.signing-key').trim());
    expect(made.out).toContain(publicKeyToPem(signing.publicKey).trim());
  });

  test('writes nothing where one of the files is there', async () => {
    const before = read('keys/a.signing-key');
    rmSync(join(folder, 'keys/a.packet-key'));
    const { code, err } = await priolab('keygen', '--out', 'keys', '--name', 'a');
    expect(code).toBe(2);
    expect(linesOf(err)).toHaveLength(2);
    expect(err).toContain('keys/a.signing-key exists; it is left alone');
    expect(read('keys/a.signing-key')).toBe(before);
    expect(readdirSync(join(folder, 'keys'))).not.toContain('a.packet-key');
    expect((await priolab('keygen', '--out', 'keys', '--name', 'a', '--kind', 'packet')).code).toBe(
      0,
    );
    const options = [...processorOptions('a', 'b'), '--out', 'both.json'];
    expect((await priolab('manifest', 'processor', ...options)).code).toBe(0);
  });

  test('2: all mistakes at once', async () => {
    const { code, err } = await priolab('keygen', '--name', '../a', '--kind', 'aes', 'x');
    expect(code).toBe(2);
    expect(err).toContain('4 problems');
    expect(err).toContain('--kind: got "aes"; allowed: packet, signing, both');
  });
});

describe('manifest', () => {
  test('of a processor with the old and the new key', async () => {
    const found = readProcessorManifest(read('both.json'));
    expect(found).toMatchObject({ format: 1, ingestionBucket: 's3://us-west-1/in' });
    const b = decodeKeyPair(read('keys/b.packet-key').trim());
    expect(packetEncryptionKeys(found).get('packet-b')).toEqual(b.publicKey);
    const ids = (ms: number) => [...batchSigningKeys(found, ms).keys()];
    expect(ids(Date.parse(EXPIRATION) - 1)).toEqual(['signing-a', 'signing-b']);
    expect(ids(Date.parse(EXPIRATION))).toEqual([]);
  });

  test('of the other kinds; warnings go to standard error', async () => {
    const email = ['--gcp-service-account-email', 'a@b.c'];
    const key = ['--signing-key', 'k=keys/a.signing-key'];
    const done = await priolab('manifest', 'ingestor', ...email, ...key, '--out', 'ingestor.json');
    expect(done).toMatchObject({ code: 0, out: '' });
    expect(done.err).toMatch(/^ingestor.json: warning no-expiration: /);
    expect([...batchSigningKeys(readIngestorManifest(read('ingestor.json'))).keys()]).toEqual([
      'k',
    ]);
    const account = ['--aws-account-id', '12345678901234567'];
    await priolab('manifest', 'global', ...email, ...account, '--out', 'global.json');
    const global = readProcessorGlobalManifest(read('global.json'));
    expect(global).toMatchObject({
      format: 0,
      serverIdentity: { awsAccountId: 12345678901234567n },
    });
    const buckets = ['--facilitator-sum-part-bucket', 'gs://1', '--pha-sum-part-bucket', 'gs://0'];
    await priolab('manifest', 'portal', ...buckets, '--out', 'portal.json');
    expect(readPortalManifest(read('portal.json')).phaSumPartBucket).toBe('gs://0');
  });

  test('2: missing options, bad keys and bad URLs, and nothing is written', async () => {
    const missing = await priolab('manifest', 'processor', '--signing-key', 'k=keys/a.signing-key');
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.err).toContain('5 problems');
    expect(missing.err).toContain('--ingestion-bucket is missing');
    writeFileSync(join(folder, 'open'), read('keys/a.packet-key'));
    chmodSync(join(folder, 'open'), 0o644);
    const keys = ['p=open', 'p=keys/a.signing-key', 'keys/a.packet-key', 'p=none'];
    const options = keys.flatMap((text) => ['--packet-key', text]);
    const bad = await priolab(
      'manifest',
      'processor',
      ...processorOptions('a'),
      ...options,
      '--out',
      'x',
    );
    expect(bad).toMatchObject({ code: 2 });
    expect(linesOf(bad.err)).toEqual([
      'priolab manifest processor: 4 problems',
      '  open: expected mode 600, got 644: others can read it',
      '  keys/a.signing-key: invalid-key: expected 97 bytes, got 138',
      '  --packet-key: expected ID=FILE',
      "  none can't be read: ENOENT",
    ]);
    const url = ['--facilitator-sum-part-bucket', 's3://1', '--pha-sum-part-bucket', 'gs://0'];
    const refused = await priolab('manifest', 'portal', ...url, '--out', 'x');
    expect(refused.err).toContain(
      'facilitator-sum-part-bucket: expected s3://region/name[/prefix]',
    );
    expect(readdirSync(folder).filter((name) => name.startsWith('x'))).toEqual([]);
  });
});

test('the command line itself: both commands, their exit codes and their help', () => {
  expect(priolabItself('keygen', '--out', 'keys', '--name', 'c', '--kind', 'signing').code).toBe(0);
  expect(statSync(join(folder, 'keys/c.signing-key')).mode & 0o777).toBe(0o600);
  const done = priolabItself('manifest', 'lint', 'portal', 'both.json');
  expect(done).toMatchObject({ code: 1, err: '' });
  expect(done.out).toContain('both.json: error malformed: ingestion-bucket: ');
  expect(priolabItself('manifest', 'lint').code).toBe(2);
  expect(priolabItself('manifest', '--help').out).toContain('--peer-validation-bucket <url>');
});

describe('manifest lint', () => {
  const lint = (...options: readonly string[]) =>
    priolab('manifest', 'lint', 'processor', 'both.json', ...NOW, ...options);

  test('0: a manifest with all its private keys', async () => {
    const packet = ['a', 'b'].flatMap((name) => ['--packet-key', `keys/${name}.packet-key`]);
    const done = await lint(...packet, '--signing-key', 'signing-b=keys/b.signing-key');
    expect(done).toEqual({ code: 0, out: 'both.json: 0 errors, 0 warnings\n', err: '' });
  });

  test('1: a packet key that nobody has, and a key id that is not listed', async () => {
    const signing = '--signing-key=signing-c=keys/b.signing-key';
    const { code, out } = await lint('--packet-key=keys/a.packet-key', signing);
    expect(code).toBe(1);
    expect(linesOf(out)).toEqual([
      expect.stringContaining('error unlisted-key-id: batch-signing-public-keys.signing-c: '),
      expect.stringContaining('error no-private-key: packet-encryption-keys.packet-b.'),
      'both.json: 2 errors, 0 warnings',
    ]);
  });

  test('1: expired; 2: no such file, kind or time', async () => {
    const later = ['--now', EXPIRATION];
    expect((await priolab('manifest', 'lint', 'processor', 'both.json', ...later)).code).toBe(1);
    const said = async (...args: readonly string[]) => {
      const { code, err } = await priolab('manifest', ...args);
      expect(code).toBe(2);
      return err;
    };
    expect(await said('lint', 'processor', 'nowhere')).toContain("nowhere can't be read: ENOENT");
    expect(await said('lint', 'processors', 'both.json')).toContain('allowed: ingestor, processor');
    expect(await said('lint', 'processor', 'both.json', '--now', 'noon')).toContain(
      '--now: got "noon"',
    );
    expect(await said('lint', 'processor')).toContain('expected a kind and a file');
    expect(await said('procesor')).toContain('did you mean "processor"?');
  });
});
