/** Which run this was: where uploads travelled, machine, digests, and the scenario in full. */

import type { RunSummary } from '@priolab/harness';

import { counted, formatCount } from '../text.ts';
import { dateTime } from './dates.ts';
import { el, textLines } from './element.ts';
import type { Content } from './element.ts';
import { details, facts, note, notice } from './section.ts';

/** Of the scenario as text; a longer one is in summary.json. */
const LINES_MAX = 2000;

/** Undefined where nothing left the run's own process. */
export function renderDeployment({ deployment }: RunSummary): Content {
  if (deployment === undefined) return undefined;
  const { kind, buckets, state, instances, uploads, deviations, missing, ended } = deployment;
  const { examples, ...differences } = deviations;
  const refused = Object.entries(uploads.refused)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`)
    .join(', ');
  const unlike = Object.values(differences).reduce((sum, count) => sum + count, 0);
  return [
    facts([
      ['Kind', buckets === undefined ? kind : `${kind}, over ${buckets} and ${state ?? ''}`],
      ['Instances', `${formatCount(instances)}; Google’s uploads: ${deployment.googleForm}`],
      ['Uploads sent', formatCount(uploads.sent)],
      ['Stored', `${formatCount(uploads.stored)}, and ${formatCount(uploads.storedBefore)} before`],
      ['Refused', refused === '' ? 'none' : refused],
      [
        'Unanswered, retries',
        `${formatCount(uploads.unanswered)}, ${formatCount(uploads.retries)}`,
      ],
      ['Batches', `${formatCount(deployment.batches)} of ${counted(deployment.reports, 'report')}`],
      ['Refused by processors', formatCount(deployment.refused)],
      [
        'Windows shown',
        `${formatCount(deployment.combined)} of ${formatCount(deployment.windows)}`,
      ],
      [
        'Unlike memory',
        Object.entries(differences)
          .map(([name, n]) => `${name} ${formatCount(n)}`)
          .join(', '),
      ],
    ]),
    unlike > 0 && notice('It differs from the run in memory. ', examples.join('; ')),
    missing.length > 0 && notice(`Missing: ${missing.slice(0, 20).join(', ')}`),
    ended !== undefined && notice(ended),
  ];
}

export function renderIdentity(summary: RunSummary): Content {
  const { identity, environment, population, simulation } = summary;
  const code = (text: string): Content => el('code', {}, text);
  const { journal, eventCount, fork } = simulation ?? {};
  const entries: (readonly [string, Content])[] = [
    ['Scenario', identity.id],
    ['Seed', code(identity.seed)],
    ['Scenario digest', code(identity.scenarioDigest)],
    ['Result digest', code(identity.resultDigest)],
    ['Backend', identity.backend],
    ['Fidelity', fidelityOf(summary)],
    [
      'Phones',
      `${formatCount(population.phones)} in ${counted(population.states, 'state')}; ` +
        `${formatCount(population.deviceDays)} that sent, summed over days`,
    ],
    ['Work', `${counted(population.shards, 'shard')} of reports`],
    ['Commit', code(environment.commit)],
    [
      'Machine',
      `${environment.cpu}, ${counted(environment.cores, 'core')}, ${environment.platform}`,
    ],
    ['Node', `${environment.node}, ${counted(environment.workers, 'worker')}`],
    ['Started', `${dateTime(Date.parse(environment.startedAt))} UTC`],
  ];
  if (journal !== undefined) {
    const events = `${counted(eventCount ?? 0, 'event')}, ${formatCount(journal.count)} in it: `;
    entries.push(['Journal', [events, code(journal.digest)]]);
  }
  if (fork !== undefined) {
    const moment = `${dateTime(fork.atMs)} UTC, simulated`;
    entries.push(['Fork', `randomness drawn anew from ${moment}, as ${fork.name}`]);
  }
  return facts(entries);
}

/** How much of the protocol was computed, and for how many reports. */
function fidelityOf({ fidelity }: RunSummary): string {
  const { rung, sampleShare, fullReports, sharesOnlyReports } = fidelity;
  const share = sampleShare === undefined ? '' : ` (${Number((100 * sampleShare).toFixed(3))} %)`;
  const shares = `${formatCount(sharesOnlyReports)} as shares only`;
  return `${rung}${share}: ${formatCount(fullReports)} in full, ${shares}`;
}

export function renderScenario({ scenario }: RunSummary): Content {
  const lines = JSON.stringify(scenario, null, 2).split('\n');
  return [
    note('Resolved: with everything that was left out at its default.'),
    details(
      'The scenario as JSON',
      el(
        'pre',
        { tabindex: 0, role: 'region', 'aria-label': 'The scenario as JSON' },
        textLines(lines.slice(0, LINES_MAX)),
      ),
      lines.length > LINES_MAX &&
        note(`${formatCount(lines.length - LINES_MAX)} more lines are left out.`),
    ),
  ];
}
