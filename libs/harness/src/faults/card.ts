/**
 * The card of a fault, made from the catalogue, the incidents and the demonstration: one page each
 * under `docs/faults`, held against this by a test, so that docs and code can't drift.
 */

import { demonstrationOf } from '../simulation/faults/demonstrations.ts';
import { faultNotes } from '../simulation/faults/not-expressible.ts';
import { faultSections, faults } from './catalogue.ts';
import type { FaultId } from './catalogue.ts';
import { chanceOf, placeTextOf } from './fault.ts';
import type { FaultParam, RequiredOutcome } from './fault.ts';
import { incidents, papers } from './incidents.ts';

const outcomeTexts: Readonly<Record<RequiredOutcome, string>> = {
  detect: 'it is noticed and named',
  recover: 'results are as if it had not been',
  accept: 'a loss that is bounded and labelled',
  prevent: 'it can’t do what it is for',
  limit: 'a known limit: its effect is measured and disclosed',
};

/** The name of a card's file. */
export function cardFile(id: FaultId): string {
  return `${id}.md`;
}

export function renderCard(id: FaultId): string {
  const {
    about,
    outcome,
    outcomeBecause: because,
    checkers,
    reasons = [],
    measures = [],
    params = {},
  } = faults[id];
  const chance = chanceOf(faults[id]);
  const place = placeTextOf(faults[id]);
  const section = faultSections.find((one) => Object.hasOwn(one.faults, id))!;
  const demonstration = demonstrationOf(id);
  const lines = [
    `# ${id}`,
    '',
    `${about} (${section.title})`,
    '',
    `- **Must**: ${outcome.map((one) => `${one} (${outcomeTexts[one]})`).join(', or ')}.`,
    ...(because === undefined ? [] : [`- **Why so**: ${because}`]),
    `- **Seen by**: ${checkers.map((one) => `\`${one}\``).join(', ')}.`,
    ...(reasons.length === 0
      ? []
      : [`- **Reason codes**: ${reasons.map((one) => `\`${one}\``).join(', ')}.`]),
    ...(measures.length === 0 ? [] : [`- **Measured**: ${measures.join(', ')}.`]),
    ...(place === undefined ? [] : [`- **\`at\`** names ${place}.`]),
    ...(chance === undefined ? [] : [`- **Strikes** ${chance}: \`p\` and \`dose\` are refused.`]),
    `- **Seen where**: ${incidents[id] ?? 'no incident is known to us.'}`,
    ...(papers[id] === undefined ? [] : [`- **Described in**: ${papers[id]}.`]),
    '',
    ...paramLines(params),
  ];
  if (demonstration === undefined) lines.push(`No code does it: ${faultNotes(id)}.`, '');
  else {
    lines.push(
      'In a scenario:',
      '',
      '```json',
      JSON.stringify({ nemesis: demonstration.nemesis }, undefined, 2),
      '```',
      '',
      `\`npx priolab faults ${id}\` runs its demonstration, \`--show\` prints it.`,
      '',
    );
  }
  return lines.join('\n');
}

function paramLines(params: Readonly<Record<string, FaultParam>>): string[] {
  const entries = Object.entries(params);
  if (entries.length === 0) return [];
  return [
    '| parameter | default | what |',
    '| --- | --- | --- |',
    ...entries.map(([name, { about, default: byDefault, when }]) => {
      return `| \`${name}\` | \`${byDefault}\` | ${conditionOf(when)}${about} |`;
    }),
    '',
  ];
}

function conditionOf(when: FaultParam['when'] = {}): string {
  const all = Object.entries(when).map(([name, value]) => `With \`${name}: ${value}\` only: `);
  return all.join('');
}
