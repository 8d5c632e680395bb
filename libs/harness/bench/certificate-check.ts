/**
 * What an ingestor does for a device that it meets for the first time in a day, beyond what it does
 * for every upload: look the credential up in vain, check its certificate under the vendor's key,
 * import the device's key.
 */

import type { CryptoBackend } from '@priolab/crypto';
import { createBackend, createCountingBackend } from '@priolab/crypto';
import { createAttestation, uploadLayout } from '@priolab/roles';

import { branches } from '../src/run/settings.ts';
import type { Setup } from './pipeline-block.ts';

/** Checks the certificates of the block's uploads as for the first time, again and again. */
export function checkCertificates({ world, line, shard, block, identities }: Setup): () => number {
  const { count, day } = block;
  const randomness = branches.device(world.seedTree, shard.cell);
  const report = line.device.randomise(block, randomness);
  line.device.prove(report, randomness);
  line.device.split(report, randomness);
  const sealed = line.device.seal(report, world.processorKeys, randomness);
  const uploads = line.device.attest(sealed, identities, randomness);
  const backend = createBackend(world.scenario.crypto.backend);
  const attestation = createAttestation({
    backend: certificatesOnly(createCountingBackend(backend, world.work)),
    vendor: 'apple',
    authorityKey: backend.privateKey(world.authorityScalars.apple).publicKey,
    credentialCapacity: count,
    capacity: count,
  });
  const { signatureAt } = uploadLayout(block.task.shape);
  const status = new Uint8Array(count);
  return () => {
    status.fill(0);
    attestation.clear();
    attestation.check(uploads, day, signatureAt, status);
    return status.reduce((sum, code) => sum + code, 0);
  };
}

/** Leaves the uploads' own signatures unchecked; the vendor's key is the only one of its set. */
function certificatesOnly(backend: CryptoBackend): CryptoBackend {
  return {
    ...backend,
    verify(block) {
      if (block.keys.size === 1) backend.verify(block);
    },
  };
}
