/**
 * Processors that speak different versions wait for each other, say so, and go on by themselves;
 * what is given up is named. One that does not ask what its peer speaks costs reports, and is seen.
 */

import { SIGNATURE, endings, versionsPrefix } from '@priolab/nodes';
import type { ProcessorDesk } from '@priolab/nodes';
import { describe, expect, test } from 'vitest';

import { bounce, never } from '../../src/simulation/faults/acting.ts';
import { failedIn, faultIn, redOf, runDemonstration } from './fault-run.ts';
import type { Changes } from './fault-run.ts';

/** From noon on, at the leader; the grace is 4 hours, and a peer is waited for a day longer. */
function runSkew(duration: string, changes: Changes = {}) {
  const nemesis = { at: 'leader', from: '12h', fires: 1 };
  const params = { change: 'incompatible', duration };
  return runDemonstration('proc.version_skew', { params, nemesis, ...changes });
}

const inWindowsOf = (windowHours: 8 | 24): Changes => ({
  scenario: ({ system }) => ({ system: { ...system, windowHours } }),
});

describe('where no version is common', () => {
  // Over before the window is, within its grace, and after it but before it is given up.
  test.each(['2h', '15h', '30h'])('a skew of %s costs nothing, and is said', async (duration) => {
    const run = await runSkew(duration);
    expect(failedIn(run)).toEqual([]);
    const { fates, measured } = faultIn(run);
    expect(Object.keys(fates)).toEqual(['accepted']);
    expect(measured['times noticed']).toBeGreaterThan(10);
    expect(run.simulation!.events['peer.refused']).toBe(measured['times noticed']);
    expect(run.simulation!.windows).toMatchObject({ due: 4, published: 4, excused: 0 });
  });

  test('windows that wait longer than for a silent peer are summed all the same', async () => {
    const run = await runSkew('26h', inWindowsOf(8));
    expect(redOf(run)).toEqual([]);
    expect(Object.keys(faultIn(run).fates)).toEqual(['accepted']);
    expect(run.simulation!.windows).toMatchObject({ due: 12, published: 12, excused: 0 });
  });

  test('what came while none was common is refused as that, once it is given up', async () => {
    const run = await runSkew('60h', inWindowsOf(8));
    expect(redOf(run)).toEqual([]);
    const { fates } = faultIn(run);
    expect(Object.keys(fates).sort()).toEqual(['accepted', 'peer-version']);
    expect(fates['peer-version']).toBeGreaterThan(50);
    // Those of which both had spoken before.
    expect(run.simulation!.windows).toMatchObject({ due: 12, published: 4, excused: 0 });
  });

  test('a processor that crashes meanwhile knows afterwards that its peer needs time', async () => {
    const run = await runSkew('20h', {
      over({ machines, timeline, startMs }) {
        const helper = machines.get('processor/helper')!;
        // The last time right after the leader has said that it speaks version 1 again.
        for (const minutes of [14 * 60, 20 * 60, 32 * 60 + 1]) {
          timeline.at(startMs + minutes * 60_000, () => helper.crash());
          timeline.at(startMs + (minutes + 1) * 60_000, () => helper.start());
        }
      },
    });
    expect(failedIn(run)).toEqual([]);
    expect(Object.keys(faultIn(run).fates)).toEqual(['accepted']);
  });
});

describe('without the handshake', () => {
  const helperWith = (change: (desk: ProcessorDesk) => Partial<ProcessorDesk>): Changes => ({
    over: ({ hooks }) =>
      void hooks.desk.push((desk, { role }) =>
        role === 'helper' ? { ...desk, ...change(desk) } : desk,
      ),
  });

  test('a peer that claims to speak what it can’t read is seen', async () => {
    const run = await runSkew(
      '2h',
      helperWith(() => ({ versions: () => [1, 2] })),
    );
    expect(redOf(run)).toEqual(expect.arrayContaining(['reason', 'proc.version_skew']));
    expect(run.simulation!.events['batch.refused']).toBeGreaterThan(0);
  });

  test('a peer that goes by what was said at first is seen', async () => {
    const first = `${versionsPrefix('leader')}000001`;
    const ignoring = helperWith(({ validity }) => ({
      validity: {
        ...validity,
        async list(prefix) {
          const keys = await validity.list(prefix);
          return prefix === versionsPrefix('leader')
            ? keys.filter((key) => key.startsWith(first))
            : keys;
        },
      },
    }));
    const run = await runSkew('20h', ignoring);
    expect(redOf(run)).toEqual(expect.arrayContaining(['reason', 'proc.version_skew']));
  });
});

/** There is nothing to notice. */
const unnoticed: Changes = {
  scenario: ({ expect: expected }) => ({
    expect: expected.filter((one) => typeof one === 'string'),
  }),
};

test('a newer program that speaks the old version changes nothing', async () => {
  const params = { change: 'compatible', duration: '12h' };
  const run = await runDemonstration('proc.version_skew', {
    params,
    ...unnoticed,
  });
  expect(failedIn(run)).toEqual([]);
  const { fates, measured } = faultIn(run);
  expect(Object.keys(fates)).toEqual(['accepted']);
  expect(measured['times noticed']).toBe(0);
});

test('what the new program began to say is not signed by the old one', async () => {
  let crashes = 0;
  const run = await runDemonstration('proc.version_skew', {
    // What is taken in at ten past four is signed when the old program is back.
    params: { change: 'compatible', duration: '4h12m' },
    ...unnoticed,
    over(context) {
      context.stores.addPolicy((operation, next) => {
        const { kind, store, key, client } = operation;
        const isSigning = key.endsWith(endings.validity('helper') + SIGNATURE);
        const isHit = kind === 'put' && store === 'validity-leader' && isSigning && crashes === 0;
        if (!isHit) return next(operation);
        crashes += 1;
        bounce(context, client, 5 * 60_000);
        return never();
      });
    },
  });
  expect(crashes).toBe(1);
  expect(failedIn(run)).toEqual([]);
});
