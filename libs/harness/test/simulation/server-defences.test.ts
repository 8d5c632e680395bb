/**
 * The defences behind the demonstrations of ingestion, keys, clocks and storage: each is taken away
 * once, and the oracle that stands for it turns red. Sizes of known limits are compared with what
 * is predicted; a batch job is killed at every one of its writes.
 */

import { createSeedTree } from '@priolab/crypto';
import { createIngestor } from '@priolab/roles';
import { describe, expect, test } from 'vitest';

import type { FaultId } from '../../src/faults/catalogue.ts';
import type { ScenarioInput } from '../../src/index.ts';
import { runScenario } from '../../src/run/run.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { environment } from '../run/fixture.ts';

/** Runs a fault's demonstration, changed, with something broken on purpose. */
async function run(
  id: FaultId,
  change: (input: ScenarioInput) => ScenarioInput = (input) => input,
  breakIt: Inject = () => {},
) {
  const scenario = resolveScenario(change(demonstrationOf(id)!), id);
  const code = faultCode.get(id)!;
  const faults = new Map(faultCode).set(id, (context) => {
    code(context);
    breakIt(context);
  });
  const summary = await runScenario({ scenario, workers: 0, environment, faults });
  const red = summary.expectations.filter(({ verdict }) => verdict === 'fail');
  const measured = summary.simulation!.faults.find((fault) => fault.id === id)!.measured;
  return { red: red.map((one) => one.id), measured, summary };
}

describe('a defence taken away turns its oracle red', () => {
  test('memory of reports across batches: once', async () => {
    const { red } = await run('ing.dup_cross_batch', (input) => ({
      ...input,
      services: { ...input.services, legacy: ['per-batch-dedup'] },
    }));
    expect(red).toContain('once');
  });

  test('certificates: what was planted counts', async () => {
    const { red, summary } = await run(
      'ing.no_attest',
      undefined,
      ({ hooks, parties, settings }) => {
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
    );
    expect(red).toEqual(expect.arrayContaining(['reason', 'ing.no_attest']));
    const fault = summary.simulation!.faults.find(({ id }) => id === 'ing.no_attest')!;
    expect(fault.fates['accepted']).toBeGreaterThan(0);
  });

  test('the vendors’ lists of batches: sum.exact', async () => {
    const { red } = await run('key.sign_stolen', undefined, ({ hooks }) => {
      hooks.desk.push((desk) => {
        const open = (store: (typeof desk.announced)['apple']) => ({
          ...store,
          stat: () => Promise.resolve({ size: 0, writtenMs: 0 }),
        });
        const { apple, google } = desk.announced;
        return { ...desk, announced: { apple: open(apple), google: open(google) } };
      });
    });
    expect(red).toContain('sum.exact');
  });

  test.each(['batcher', 'desk'] as const)('retention by the %s: sto.expire', async (party) => {
    const { red, measured } = await run('sto.expire', undefined, ({ hooks }) => {
      if (party === 'batcher') {
        hooks.batcher.push((options) => ({ ...options, keepForMs: Infinity }));
      } else {
        hooks.desk.push((desk) => ({
          ...desk,
          settings: { ...desk.settings, keepForMs: Infinity },
        }));
      }
    });
    expect(measured['raw objects left']).toBeGreaterThan(0);
    expect(red).toContain('sto.expire');
  });

  test('signatures, with a processor that looks at none: reason', async () => {
    const { red } = await run('ing.sig_bad', undefined, ({ hooks }) => {
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
    });
    expect(red).toContain('reason');
  });
});

describe('sizes of limits', () => {
  test('every report forged for a known r is accepted', async () => {
    const { measured } = await run('ing.rpit_known');
    expect(measured['forged']).toBeGreaterThan(0);
    expect(measured['accepted']).toBe(measured['predicted']);
  });

  test('silent drops are what was dropped, and nothing else is missing', async () => {
    const { measured, summary } = await run('ing.drop_both');
    const lost = summary.fates.find(({ outcome }) => outcome === 'lost')?.count;
    expect(lost).toBe(measured['dropped']);
  });

  test('one processor’s key tells nothing of a bit', async () => {
    const { measured } = await run('key.compromise_one', (input) => ({
      ...input,
      population: { ...input.population, reports: 600 },
    }));
    expect(measured['advantage']).toBeLessThan(measured['chance']!);
  });

  test('nothing raw is left, and nothing needed is gone', async () => {
    const { measured } = await run('sto.expire');
    expect(measured['deleted']).toBeGreaterThan(100);
    expect(measured['raw objects left']).toBe(0);
  });
});

test.each(['ing.crash', 'clk.freeze', 'sto.lost_write'] as const)(
  '%s is the same twice',
  async (id) => {
    const { summary } = await run(id, (input) => ({ ...input, expect: ['det'] }));
    expect(summary.expectations.find((one) => one.id === 'det')?.verdict).toBe('pass');
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
  };
  const scenario = resolveScenario(
    { ...input, services: { ingestion: { batchEvery: '12h', batchSize: 4 } } },
    'sweep',
  );
  const sweep = async (target: number, isAfter: boolean): Promise<number> => {
    let writes = 0;
    const faults = new Map([['ing.crash', killAt(target, isAfter, () => (writes += 1))]]);
    const summary = await runScenario({ scenario, workers: 0, environment, faults });
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
  }, 120_000);
});
