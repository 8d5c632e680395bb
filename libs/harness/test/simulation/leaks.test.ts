/** The oracle `leak` sees private keys wherever another party or a reader could find them. */

import { storeNames } from '@priolab/nodes';
import { expect, test } from 'vitest';

import type { FaultContext } from '../../src/simulation/fault.ts';
import { runDemonstration } from './fault-run.ts';

async function leakOf(sabotage: (context: FaultContext) => void) {
  const over = (context: FaultContext): void => context.atEnd(() => sabotage(context));
  const { expectations, exitCode } = await runDemonstration('net.drop', { over });
  return { ...expectations.find(({ id }) => id === 'leak')!, exitCode };
}

test('none where nobody says one; processors’ and signers’ keys are looked for', async () => {
  const names: string[] = [];
  const { verdict } = await leakOf(({ parties }) => {
    names.push(...parties.privateKeys.map(({ name }) => name));
  });
  expect(verdict).toBe('pass');
  expect(names).toEqual(
    expect.arrayContaining([
      'the private key leader-0',
      'the private key helper-0',
      'the signing key of vendor/apple',
      'the signing key of processor/leader',
    ]),
  );
});

test.each(['latin1', 'hex', 'base64'] as const)('a key in the portal, as %s', async (form) => {
  const { verdict, observed, exitCode } = await leakOf(({ parties, stores }) => {
    const { scalar } = parties.privateKeys.find(({ name }) => name.endsWith('helper-0'))!;
    const text = Buffer.from(scalar).toString(form);
    stores.inside(storeNames.portal).putNow('note', Buffer.from(text, 'latin1'));
  });
  expect({ verdict, exitCode }).toEqual({ verdict: 'fail', exitCode: 4 });
  expect(observed).toContain('the private key helper-0 in portal');
});
