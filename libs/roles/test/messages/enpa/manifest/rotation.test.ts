/**
 * Keys change with overlap: while a manifest lists the old and the new one, packets sealed to
 * either are opened, and signatures under either id verify; afterwards only the new one counts.
 */

import { KeyPair, createBackend, publicKeyToPem, sha256 } from '@priolab/crypto';
import { SEAL_OVERHEAD, createSeedTree, keyPairToPkcs8, publicKeyToSpki } from '@priolab/crypto';
import { createCsr } from '@priolab/crypto/csr';
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';

import { createProcessor } from '../../../../src/index.ts';
import type { ProcessorRole } from '../../../../src/index.ts';
import {
  batchSigningKeys,
  packetEncryptionKeys,
  readProcessorManifest,
  writeProcessorManifest,
} from '../../../../src/messages/enpa/manifest/index.ts';
import { createDeployment, exchange, shareBatch, someBits } from '../../../fixture.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2021, 6, 1);
const pairOf = (name: string) => new KeyPair(sha256(new TextEncoder().encode(name)));
const keys = {
  old: { packet: pairOf('packet old'), signing: pairOf('signing old'), endsMs: NOW_MS + HOUR_MS },
  new: {
    packet: pairOf('packet new'),
    signing: pairOf('signing new'),
    endsMs: NOW_MS + 24 * HOUR_MS,
  },
};
type Age = keyof typeof keys;

/** What the processor publishes while it has these keys. */
function published(...ages: readonly Age[]) {
  const text = writeProcessorManifest({
    format: 2,
    ingestionBucket: 'gs://ingestion',
    peerValidationBucket: 'gs://validation',
    batchSigningPublicKeys: new Map(
      ages.map((age) => {
        const expiration = new Date(keys[age].endsMs).toISOString();
        const publicKey = publicKeyToPem(keys[age].signing.publicKey);
        return [`signing-${age}`, { publicKey, expiration }];
      }),
    ),
    packetEncryptionKeys: new Map(
      ages.map((age) => {
        const options = { keyPair: keys[age].packet, commonName: `${age}.example.org` };
        return [`packet-${age}`, { certificateSigningRequest: createCsr(options) }];
      }),
    ),
  });
  return readProcessorManifest(text);
}

describe('packets', () => {
  const backend = createBackend('wasm');
  const { prio2, task, device, report } = createDeployment({ bins: 3, capacity: 4 });
  const bits = someBits(4, 3);

  /** Both shares of reports 0 and 1 sealed to the old key, those of 2 and 3 to the new one. */
  function sealedAcrossTheChange() {
    const points = packetEncryptionKeys(published('old', 'new'));
    const { reports } = report(bits);
    const sealedTo = (age: Age) => {
      const point = points.get(`packet-${age}`)!;
      const recipients = { leader: point, helper: point };
      const block = device.seal(reports, recipients, createSeedTree('rotation').child(age));
      const list = (role: ProcessorRole, size: number) => {
        const { bytes, offset, stride } = block[role];
        const startOf = (i: number) => offset + i * stride;
        return bits.map((_, i) => bytes.slice(startOf(i), startOf(i) + size));
      };
      const { leaderShareSize, helperShareSize } = prio2.shape;
      return {
        leader: list('leader', leaderShareSize + SEAL_OVERHEAD),
        helper: list('helper', helperShareSize + SEAL_OVERHEAD),
      };
    };
    const [before, after] = [sealedTo('old'), sealedTo('new')];
    const both = (role: ProcessorRole) => [...before[role].slice(0, 2), ...after[role].slice(2)];
    return { leader: both('leader'), helper: both('helper') };
  }

  const sealed = sealedAcrossTheChange();

  function verdictsWith(...ages: readonly Age[]) {
    const furtherKeys = () => ages.map((age) => backend.privateKey(keys[age].packet.scalar));
    const processor = (role: ProcessorRole) =>
      createProcessor({ role, backend, furtherKeys, prio2, capacity: 4 });
    const r = 998314904;
    return exchange(
      { leader: processor('leader'), helper: processor('helper') },
      {
        leader: shareBatch({ task, sealed: sealed.leader, r }),
        helper: shareBatch({ task, sealed: sealed.helper, r }),
      },
    ).verdicts.leader;
  }

  test.each<[Age[], string]>([
    [['new', 'old'], 'none none none none'],
    [['old', 'new'], 'none none none none'],
    [['old'], 'none none decrypt-failed decrypt-failed'],
    [['new'], 'decrypt-failed decrypt-failed none none'],
  ])('opened with keys %j', (ages, expected) => {
    expect(verdictsWith(...ages).join(' ')).toBe(expected);
  });
});

describe('signatures', () => {
  const header = new TextEncoder().encode('header');
  const signed = (age: Age) => {
    const der = Buffer.from(keyPairToPkcs8(keys[age].signing));
    return sign('sha256', header, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  };

  /** Whether each verifies with what the manifest gives for its id; undefined: no such id. */
  function verified(trusted: ReadonlyMap<string, Uint8Array>) {
    return (['old', 'new'] as const).map((age) => {
      const point = trusted.get(`signing-${age}`);
      if (point === undefined) return undefined;
      const key = Buffer.from(publicKeyToSpki(point));
      const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
      return verify('sha256', header, publicKey, signed(age));
    });
  }

  test.each<[string, Age[], number | undefined, (boolean | undefined)[]]>([
    ['before', ['old'], undefined, [true, undefined]],
    ['during the overlap', ['old', 'new'], NOW_MS, [true, true]],
    ['once the old one expired', ['old', 'new'], NOW_MS + HOUR_MS, [undefined, true]],
    ['... with expirations not enforced', ['old', 'new'], undefined, [true, true]],
    ['once it is not listed any more', ['new'], undefined, [undefined, true]],
  ])('%s', (_, ages, nowMs, expected) => {
    expect(verified(batchSigningKeys(published(...ages), nowMs))).toEqual(expected);
  });
});
