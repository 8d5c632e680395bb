/** Where faults strike: at the place that a scenario names, and nowhere else. */

import { describe, expect, test } from 'vitest';

import { faultIds, faults } from '../../src/faults/catalogue.ts';
import type { FaultId } from '../../src/faults/catalogue.ts';
import type { FaultPlace } from '../../src/faults/fault.ts';
import { linkName, namesOf } from '../../src/faults/places.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { Book } from '../../src/simulation/book.ts';
import type { Inject, Strike } from '../../src/simulation/fault.ts';
import { isDeed } from '../../src/simulation/deeds.ts';
import { demonstrations } from '../../src/simulation/faults/demonstrations.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { ciSlice } from '../ci-slice.ts';
import { faultIn, redOf, runDemonstration, runFaulty } from './fault-run.ts';

const bySource = faultIds.filter(
  (id) => faults[id].at === 'source' && demonstrations[id] !== undefined,
);
const slice = ciSlice(bySource, 9);

/** The fault's code, with what it strikes written down. */
function listening(id: FaultId, strikes: Strike[], books: Book[]): Inject {
  return (context) => {
    books.push(context.book);
    faultCode.get(id)!({
      ...context,
      strike(one) {
        strikes.push(one);
        context.strike(one);
      },
    });
  };
}

/** Whose reports were touched: `us-md apple` and so on. */
function sourcesOf(strikes: readonly Strike[], book: Book): string[] {
  const numbers = strikes.flatMap(({ reports = [], batchIds = [] }) => [
    ...reports,
    ...batchIds.flatMap((id) => [...(book.batches.get(id)?.reports ?? [])]),
  ]);
  const tasks = numbers.map((number) => book.reports[number]!.task);
  return [...new Set(tasks.map(({ state, vendor }) => `${state} ${vendor}`))].sort();
}

describe('at a state or a vendor', () => {
  test.each(slice)('%s strikes there alone', async (id) => {
    const at = bySource.indexOf(id) % 2 === 0 ? 'us-md' : 'google';
    const strikes: Strike[] = [];
    const books: Book[] = [];
    const instead = listening(id, strikes, books);
    const summary = await runDemonstration(id, { nemesis: { at }, instead });
    expect(faultIn(summary).fired).toBeGreaterThan(0);
    const [book] = books;
    const refused = book!.reports
      .map(({ number }) => number)
      .filter((number) => book!.fateOf(number).outcome !== 'accepted');
    const touched = isDeed(id) ? [{ what: '', reports: refused }] : strikes;
    for (const source of sourcesOf(touched, book!)) expect(source.split(' ')).toContain(at);
    expect(redOf(summary).filter((red) => !red.startsWith('detected'))).toEqual([]);
  });

  test('a vendor’s clean-up fails without the other’s', async () => {
    const died = async (at: string): Promise<string[]> => {
      const strikes: Strike[] = [];
      const instead = listening('ing.delete_early', strikes, []);
      await runDemonstration('ing.delete_early', { nemesis: { at }, instead });
      return [...new Set(strikes.map(({ what }) => what.split(' ')[0]!))];
    };
    expect(await died('google')).toEqual(['ingestion/google/batcher']);
    expect(await died('apple')).toEqual(['ingestion/apple/batcher']);
  });
});

describe('without a place', () => {
  test.each<[FaultId, object]>(
    ciSlice<[FaultId, object]>(
      [
        [
          'proc.count_drift',
          { scenario: { adversaries: [{ id: 'cli.undecryptable', share: 0.05 }] } },
        ],
        ['proc.version_skew', {}],
        ['mal.tamper_sum', {}],
        ['sto.corrupt', {}],
        ['key.revoked', {}],
        ['key.sign_stolen', {}],
        ['ing.late_batch', {}],
      ],
      3,
    ),
  )('%s strikes where the catalogue says', async (id, changes) => {
    const digestAt = async (nemesis: { at?: string }): Promise<string | undefined> => {
      const { simulation } = await runDemonstration(id, { ...changes, nemesis });
      return simulation!.journal.digest;
    };
    const { at, ...first } = demonstrations[id]!.nemesis[0]!;
    expect(at === undefined || at === faults[id].atDefault || id === 'proc.count_drift').toBe(true);
    const without = (place?: string) =>
      digestAt({
        ...first,
        ...(place === undefined ? { at: undefined } : { at: place }),
      } as object);
    const named = faults[id].atDefault;
    if (named !== undefined) expect(await without()).toBe(await without(named));
    else expect(await without()).not.toBe(await without('apple'));
  });

  test('a fault of one processor has one by default', () => {
    const both = ['crash', 'pause', 'slow', 'oom', 'redeliver', 'peer_missing', 'peer_late'];
    const processors = faultIds.filter((id) => faults[id].at === 'processor');
    const everywhere = processors.filter((id) => faults[id].atDefault === undefined);
    expect(everywhere.sort()).toEqual([...both, 'order'].map((one) => `proc.${one}`).sort());
  });
});

test('names that a scenario may use are those of what is there', async () => {
  const input: ScenarioInput = {
    id: 'names',
    about: 'for a test',
    clock: 'simulated',
    population: { reports: 60, states: ['us-wa'], vendors: { google: 1 } },
    system: { metrics: ['PeriodicExposureNotification-v1'] },
    crypto: { crossCheck: false },
    services: { ingestion: { replicas: 3 } },
    nemesis: [{ id: 'net.delay' }],
    expect: ['sum.exact'],
  };
  const seen: Record<'machine' | 'link' | 'store' | 'front', Set<string>> = {
    machine: new Set(),
    front: new Set(),
    link: new Set(),
    store: new Set(),
  };
  const instead: Inject = ({ machines, connections, network, stores, strike }) => {
    for (const name of machines.keys()) seen.machine.add(name);
    for (const name of connections.keys()) seen.front.add(name);
    network.addPolicy((transmission, deliver) => {
      seen.link.add(linkName(transmission));
      strike({ what: 'looked' });
      deliver(transmission);
    });
    stores.addPolicy((operation, next) => {
      seen.store.add(operation.store);
      return next(operation);
    });
  };
  await runFaulty(input, { id: 'net.delay', instead });
  const scenario = resolveScenario(input, input.id);
  for (const [place, names] of Object.entries(seen)) {
    const known = namesOf(place as FaultPlace, scenario)!;
    // A vendor whose phones are none has a list of batches all the same, and it is empty.
    const others = place === 'store' ? ['announced-apple'] : [];
    expect([...names].filter((name) => !others.includes(name)).sort()).toEqual([...known].sort());
  }
});
