import scenario from '/work/main/scenarios/smoke.scenario.ts';
import { resolveScenario, runScenario } from '/work/main/libs/harness/src/index.ts';
const s = resolveScenario(scenario, 'smoke');
const r = await runScenario({ scenario: s, workers: Number(process.argv[2] ?? 0), environment: { node: process.version, platform: 'x', cpu: 'x', cores: 2, commit: '', startedAt: '' }, onProgress: (p) => console.log(p) });
for (const e of r.expectations) console.log(e.verdict, e.id, e.observed, '|', e.limit, e.n, e.power ?? '');
console.log(r.verdict, r.exitCode, r.identity, r.fates, r.copyFates, r.cost, r.adversaries);
