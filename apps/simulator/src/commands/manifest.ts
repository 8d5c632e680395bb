/**
 * `priolab manifest`: writes manifests from key files and bucket URLs, and lints them. Every
 * mistake of a command line is told at once, and those in key files together after that.
 */

import { renameSync, writeFileSync } from 'node:fs';

import { CryptoError, publicKeyToPem } from '@priolab/crypto';
import { createCsr } from '@priolab/crypto/csr';
import { EXIT, didYouMean } from '@priolab/harness';
import {
  ManifestError,
  lintManifest,
  manifestKinds,
  writeIngestorManifest,
  writePortalManifest,
  writeProcessorGlobalManifest,
  writeProcessorManifest,
} from '@priolab/roles/manifest';
import type { ManifestKind } from '@priolab/roles/manifest';
import { wallClock } from '@priolab/runtime';

import { parse, usage } from '../arguments.ts';
import { readKeyOptions } from '../key-options.ts';
import type { KeyOptions } from '../key-options.ts';
import { findingText, lint } from './manifest-lint.ts';

/** The options of a kind, and the manifest that they make. */
interface Writer {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly write: (given: (name: string) => string, keys: KeyOptions) => string;
}

/** Options that may stand several times. */
const KEY_OPTIONS: readonly string[] = ['signing-key', 'packet-key'];

const writers: Readonly<Record<ManifestKind, Writer>> = {
  ingestor: {
    required: ['gcp-service-account-email', 'signing-key'],
    optional: ['aws-iam-entity', 'gcp-service-account-id'],
    write: (given, keys) =>
      writeIngestorManifest({
        format: 1,
        serverIdentity: {
          ...member('awsIamEntity', given('aws-iam-entity')),
          ...member('gcpServiceAccountId', given('gcp-service-account-id')),
          gcpServiceAccountEmail: given('gcp-service-account-email'),
        },
        batchSigningPublicKeys: signingKeysOf(keys),
      }),
  },

  processor: {
    required: [
      'ingestion-bucket',
      'peer-validation-bucket',
      'common-name',
      'signing-key',
      'packet-key',
    ],
    optional: ['ingestion-identity', 'peer-validation-identity'],
    write(given, keys) {
      const identity = given('peer-validation-identity');
      return writeProcessorManifest({
        // Older facilitators read format 1 only, and that member came with format 2.
        format: identity === '' ? 1 : 2,
        ingestionBucket: given('ingestion-bucket'),
        ...member('ingestionIdentity', given('ingestion-identity')),
        peerValidationBucket: given('peer-validation-bucket'),
        ...member('peerValidationIdentity', identity),
        batchSigningPublicKeys: signingKeysOf(keys),
        packetEncryptionKeys: packetKeysOf(keys, given('common-name')),
      });
    },
  },

  global: {
    required: ['gcp-service-account-email'],
    optional: ['aws-account-id', 'gcp-service-account-id'],
    write(given) {
      const account = given('aws-account-id');
      const isNumber = /^\d{1,20}$/.test(account);
      if (account !== '' && !isNumber) throw usage('manifest global', 'aws-account-id: no number');
      return writeProcessorGlobalManifest({
        // As the published ones: format 0 with an account of AWS, 1 with one of GCP.
        format: isNumber ? 0 : 1,
        serverIdentity: {
          ...(isNumber ? { awsAccountId: BigInt(account) } : {}),
          ...member('gcpServiceAccountId', given('gcp-service-account-id')),
          gcpServiceAccountEmail: given('gcp-service-account-email'),
        },
      });
    },
  },

  portal: {
    required: ['facilitator-sum-part-bucket', 'pha-sum-part-bucket'],
    optional: [],
    write: (given) =>
      writePortalManifest({
        format: 1,
        facilitatorSumPartBucket: given('facilitator-sum-part-bucket'),
        phaSumPartBucket: given('pha-sum-part-bucket'),
      }),
  },
};

export function manifest(args: readonly string[]): Promise<number> {
  const [action = '', ...rest] = args;
  if (action === 'lint') return Promise.resolve(lint(rest));
  const kind = manifestKinds.find((name) => name === action);
  if (kind !== undefined) return Promise.resolve(write(kind, rest));
  const allowed = [...manifestKinds, 'lint'];
  const hint = `${didYouMean(action, allowed)}; allowed: ${allowed.join(', ')}`;
  throw usage('manifest', `got "${action}"${hint}`);
}

function write(kind: ManifestKind, args: readonly string[]): number {
  const command = `manifest ${kind}`;
  const writer = writers[kind];
  const required = [...writer.required, 'out'];
  const options = [...required, ...writer.optional].map((name) => {
    return [name, { type: 'string' as const, multiple: KEY_OPTIONS.includes(name) }] as const;
  });
  const { values } = parse(command, args, Object.fromEntries(options), (parsed) => [
    ...required.map((name) => (name in parsed.values ? undefined : `--${name} is missing`)),
    parsed.positionals.length > 0
      ? `got "${parsed.positionals.join(' ')}"; allowed: options only`
      : undefined,
  ]);
  const listOf = (name: string) => [values[name] ?? []].flat().map(String);
  const keys = readKeyOptions(command, {
    signing: listOf('signing-key'),
    packet: listOf('packet-key'),
  });
  const text = attempt(command, () => writer.write((name) => listOf(name)[0] ?? '', keys));
  save(command, String(values['out']), text);
  const signingKeys = new Map([...keys.signing].map(([id, { keyPair }]) => [id, keyPair]));
  const nowMs = wallClock.nowMs();
  for (const finding of lintManifest(kind, text, { signingKeys, nowMs })) {
    console.error(findingText(String(values['out']), finding));
  }
  return EXIT.pass;
}

function signingKeysOf({ signing }: KeyOptions) {
  const entries = [...signing].map(([id, { keyPair, expiration }]) => {
    return [id, { publicKey: publicKeyToPem(keyPair.publicKey), expiration }] as const;
  });
  return new Map(entries);
}

function packetKeysOf({ packet }: KeyOptions, commonName: string) {
  const entries = [...packet].map(([id, { keyPair }]) => {
    return [id, { certificateSigningRequest: createCsr({ keyPair, commonName }) }] as const;
  });
  return new Map(entries);
}

function member<K extends string>(name: K, value: string): { readonly [N in K]?: string } {
  return (value === '' ? {} : { [name]: value }) as { readonly [N in K]?: string };
}

/** What the writers refuse is a mistake of the command line. */
function attempt<T>(command: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const isMistake = error instanceof ManifestError || error instanceof CryptoError;
    throw isMistake ? usage(command, error.message.replaceAll('\n', '\n  ')) : error;
  }
}

/** A manifest is public and changes with its keys: replaced as a whole, never half. */
function save(command: string, file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    throw usage(command, `${file} can't be written: ${(error as NodeJS.ErrnoException).code}`);
  }
}
