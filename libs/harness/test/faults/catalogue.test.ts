/** The catalogue of faults as data: complete, consistent, and in words that others define. */

import { describe, expect, test } from 'vitest';

import {
  adversaries,
  adversaryIds,
  explainTerm,
  faultIds,
  faultParams,
  faultSections,
  faults,
  legacySwitches,
  oracleIds,
  outOfReach,
  resolveScenario,
} from '../../src/index.ts';
import { smallInput } from '../run/fixture.ts';

/** Every id of the vocabulary, by family: they are stable. */
const vocabulary: Readonly<Record<string, string>> = {
  dev: `
    offline crash_mid_upload retry_same retry_fresh storm clock_skew old_params bad_rng rr_off
    rr_wrong stale_key clone
  `,
  net: `
    drop delay reorder dup lose_request lose_response partition clog swizzle corrupt truncate
    replay misroute slowloris cap
  `,
  ing: `
    crash drop_both drop_one dup_in_batch dup_cross_batch reorder_one pair_swap swap_sides
    mix_states split_uneven header_tamper sig_bad partial_write empty_batch late_batch
    rpit_unsafe rpit_known isolate no_attest delete_early metadata_leak
  `,
  proc: `
    crash pause slow oom redeliver peer_missing peer_late version_skew order gc_early
    count_drift
  `,
  mal: `
    curious tamper_sum drop drop_both selective_failure rushing substitute equivocate
    replay_sum wrong_list withhold noise_zero noise_huge isolate grind collude_clients
  `,
  comb: `
    mismatch missing dup overflow debias republish dashboard
  `,
  qry: `
    small_batch difference complement repeat budget_over budget_race budget_crash intersect
    sybil_isolate
  `,
  key: `
    rotate_midflight wrong lost expired revoked manifest_stale manifest_down compromise_one
    sign_stolen
  `,
  clk: `
    skew back freeze boundary
  `,
  sto: `
    corrupt torn lost_write misdirect stale_list full slow expire
  `,
  cli: `
    out_of_range multi_hot forge grind inconsistent noncanonical wrong_dim undecryptable
    oversize bomb dup_uuid replay sybil poison_valid flood backdate postdate tag
    not_enabled
  `,
  nem: `
    swarm swizzle rolling_upgrade region_loss launch_day outbreak byzantine_minority
  `,
};

test('has every id of the vocabulary, once, or says why not', () => {
  const all = Object.entries(vocabulary).flatMap(([family, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => `${family}.${name}`),
  );
  expect([...faultIds, ...Object.keys(outOfReach)].sort()).toEqual(all.sort());
  const sectioned = faultSections.flatMap(({ faults: some }) => Object.keys(some));
  expect(sectioned).toEqual(faultIds);
  const isOut = (id: string): boolean => /^qry\.|^mal\.noise_/.test(id);
  expect(Object.keys(outOfReach).sort()).toEqual(all.filter(isOut));
  for (const reason of Object.values(outOfReach)) expect(reason).toMatch(/^(there are|the) \w/);
});

test('knows every adversary of the wall clock, with its reasons', () => {
  for (const id of adversaryIds) {
    expect(faultIds).toContain(id);
    expect(faults[id].reasons ?? []).toEqual(adversaries[id].refusedAs);
  }
});

describe.each(faultIds)('%s', (id) => {
  const { about, outcome, checkers, params = {} } = faults[id];
  // Those that have an effect beside the others' defaults.
  const given = Object.fromEntries(
    Object.entries(faultParams(id)).filter(([name]) => {
      const when = Object.entries(params[name]!.when ?? {});
      return when.every(([other, value]) => params[other]!.default === value);
    }),
  );

  test('says in one sentence what happens, what must come of it and who sees it', () => {
    expect(about).toMatch(/^[A-Z][^.]*\.$/);
    expect(outcome.length).toBeGreaterThan(0);
    expect(checkers.length).toBeGreaterThan(0);
    for (const checker of checkers) expect(oracleIds).toContain(checker);
    expect(explainTerm(id)).toContain(about);
  });

  test('has parameters whose defaults are allowed, and can be named in a scenario', () => {
    for (const [name, { when = {} }] of Object.entries(params)) {
      expect(name).toMatch(/^[a-z][A-Za-z]*$/);
      for (const [other, value] of Object.entries(when)) {
        expect(params[other]).toMatchObject({ range: expect.arrayContaining([value]) });
      }
    }
    const scenario = resolveScenario(
      {
        ...smallInput,
        population: { ...smallInput.population, days: 2, enabled: { 'us-md': false } },
        clock: 'simulated',
        services: { keys: { rotateEvery: '12h' } },
        nemesis: [{ id, params: given }],
        expect: ['sum.exact'],
      },
      id,
    );
    expect(scenario.nemesis[0]!.params).toEqual(given);
  });
});

test('legacy switches name their source and the oracle that they redden', () => {
  expect(Object.keys(legacySwitches)).toHaveLength(6);
  for (const { source, reddens } of Object.values(legacySwitches)) {
    expect(source).toMatch(/^enpa\.md \d/);
    expect(oracleIds).toContain(reddens);
  }
});
