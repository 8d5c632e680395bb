/**
 * The defences behind the demonstrations of ingestion, keys, clocks and storage: each is taken away
 * once, and the oracle that stands for it turns red. Sizes of known limits are compared with what
 * is predicted; a batch job is killed at every one of its writes.
 */

import { createSeedTree } from '@priolab/crypto';
import { createIngestor } from '@priolab/roles';
import { describe, expect, test } from 'vitest';

import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { faultIn, measuredBy, redOf, runDemonstration, runFaulty } from './fault-run.ts';

describe('a defence taken away turns its oracle red', () => {
  test('memory of reports across batches: once', async () => {
    const run = await runDemonstration('ing.dup_cross_batch', {
      scenario: ({ services }) => ({ services: { ...services, legacy: ['per-batch-dedup'] } }),
    });
    expect(redOf(run)).toContain('once');
  });

  test('a batch that is the same whenever it is written: idem', async () => {
    let times = 0;
    const run = await runDemonstration('ing.crash', {
      over: ({ hooks }) => {
        hooks.signer.push((inner) => ({
          keyId: inner.keyId,
          seal: (header, packets) => inner.seal({ ...header, time: times++ }, packets),
        }));
      },
    });
    expect(redOf(run)).toContain('idem');
  });

  test('certificates: what was planted counts', async () => {
    const run = await runDemonstration('ing.no_attest', {
      scenario: { expect: ['reason', 'noforge'] },
      over: ({ hooks, parties, settings }) => {
        hooks.ingestor.push((_inner, { vendor, task }) =>
          createIngestor({
            backend: parties.backend,
            shape: task.shape,
            vendor,
            attestation: { check: () => {}, clear: () => {} },
            randomness: createSeedTree('no attestation').child(task.state, vendor),
            capacity: settings.batchSize,
          }),
        );
      },
    });
    expect(redOf(run)).toEqual(expect.arrayContaining(['reason', 'ing.no_attest', 'noforge']));
    expect(faultIn(run, 'ing.no_attest').fates['accepted']).toBeGreaterThan(0);
  });

  test('the vendors’ lists of batches: sum.exact', async () => {
    const anybodys: Inject = ({ hooks }) => {
      hooks.desk.push((desk) => {
        const open = (store: (typeof desk.announced)['apple']) => ({
          ...store,
          stat: () => Promise.resolve({ size: 0, writtenMs: 0 }),
        });
        const { apple, google } = desk.announced;
        return { ...desk, announced: { apple: open(apple), google: open(google) } };
      });
    };
    expect(redOf(await runDemonstration('key.sign_stolen', { over: anybodys }))).toContain(
      'sum.exact',
    );
  });

  test.each(['batcher', 'desk'] as const)('retention by the %s: sto.expire', async (party) => {
    const forever: Inject = ({ hooks }) => {
      if (party === 'batcher') {
        hooks.batcher.push((options) => ({ ...options, keepForMs: () => Infinity }));
      } else {
        hooks.desk.push((desk) => ({
          ...desk,
          settings: { ...desk.settings, keepForMs: () => Infinity },
        }));
      }
    };
    const run = await runDemonstration('sto.expire', { over: forever });
    expect(measuredBy(run, 'sto.expire')['raw objects left']).toBeGreaterThan(0);
    expect(redOf(run)).toContain('sto.expire');
  });

  test('signatures, with a processor that looks at none: reason', async () => {
    const credulous: Inject = ({ hooks }) => {
      hooks.desk.push((desk) => ({
        ...desk,
        ingestionReader: {
          ...desk.ingestionReader,
          open: ({ header, packets }) => {
            const fields = JSON.parse(new TextDecoder().decode(header)) as Record<string, string>;
            return { ok: true, header: fields, packets, keyId: `vendor/${fields['vendor']}` };
          },
        },
      }));
    };
    expect(redOf(await runDemonstration('ing.sig_bad', { over: credulous }))).toContain('reason');
  });
});

describe('sizes of limits', () => {
  test('silent drops are what was dropped, and nothing else is missing', async () => {
    const run = await runDemonstration('ing.drop_both');
    const lost = run.fates.find(({ outcome }) => outcome === 'lost')?.count;
    expect(lost).toBe(measuredBy(run, 'ing.drop_both')['dropped']);
  });

  test('one processor’s key tells nothing of a bit', async () => {
    const run = await runDemonstration('key.compromise_one', {
      scenario: ({ population }) => ({ population: { ...population, reports: 600 } }),
    });
    const measured = measuredBy(run, 'key.compromise_one');
    expect(measured['advantage']).toBeLessThan(measured['chance']!);
  });

  test('nothing raw is left, and nothing needed is gone', async () => {
    const measured = measuredBy(await runDemonstration('sto.expire'), 'sto.expire');
    expect(measured['deleted']).toBeGreaterThan(100);
    expect(measured['raw objects left']).toBe(0);
  });
});

test.each(['ing.crash', 'clk.freeze', 'sto.lost_write'] as const)(
  '%s is the same twice',
  async (id) => {
    const run = await runDemonstration(id, { scenario: { expect: ['det'] } });
    expect(run.expectations.find((one) => one.id === 'det')?.verdict).toBe('pass');
  },
);

/** Kills the batch job of one vendor at its k-th write, before or after it; starts it again. */
function killAt(target: number, isAfter: boolean, onWrite: () => void): Inject {
  return (context) => {
    let writes = 0;
    context.stores.addPolicy(async (operation, next) => {
      const { client, kind } = operation;
      if (kind !== 'put' || client !== 'ingestion/apple/batcher') return next(operation);
      onWrite();
      if (writes++ !== target) return next(operation);
      if (isAfter) await next(operation);
      context.strike({ what: `killed at write ${target}` });
      context.machines.get(client)!.crash();
      context.timeline.after(60_000, () => context.machines.get(client)!.start());
      return new Promise<never>(() => {});
    });
  };
}

describe('the batch job killed at every durable write', () => {
  const input: ScenarioInput = {
    ...demonstrationOf('ing.crash')!,
    population: { reports: 10, days: 1, states: ['us-wa'] },
    nemesis: [{ id: 'ing.crash', fires: 1 }],
    services: { ingestion: { batchEvery: '12h', batchSize: 4 } },
  };
  const sweep = async (target: number, isAfter: boolean): Promise<number> => {
    let writes = 0;
    const instead = killAt(target, isAfter, () => (writes += 1));
    const summary = await runFaulty(input, { id: 'ing.crash', instead });
    const failed = summary.expectations.filter(({ verdict }) => verdict !== 'pass');
    if (target >= 0) expect({ target, isAfter, failed }).toEqual({ target, isAfter, failed: [] });
    return writes;
  };

  test('loses nothing and doubles nothing', async () => {
    const total = await sweep(-1, false);
    expect(total).toBeGreaterThan(10);
    for (let target = 0; target < total; target++) {
      await sweep(target, false);
      await sweep(target, true);
    }
  });
});
