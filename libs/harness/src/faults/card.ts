/**
 * The card of a fault, made from the catalogue, the incidents and the demonstration: one page each
 * under `docs/faults`, held against this by a test, so that docs and code can't drift.
 */

import { demonstrations } from '../simulation/faults/demonstrations.ts';
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

/** Where a fault was seen, and where it is described: titles and sentences. */
export function sourcesOf(id: FaultId): (readonly [title: string, text: string])[] {
  const { [id]: incident = 'no incident is known to us.' } = incidents;
  const { [id]: paper } = papers;
  const seen = ['Seen where', incident] as const;
  return paper === undefined ? [seen] : [seen, ['Described in', `${paper}.`]];
}

/** What a scenario says to have the fault; undefined where no code does it. */
export function exampleOf(id: FaultId, indent?: number): string | undefined {
  const { [id]: demonstration } = demonstrations;
  if (demonstration === undefined) return undefined;
  return JSON.stringify({ nemesis: demonstration.nemesis }, undefined, indent);
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
  const example = exampleOf(id, 2);
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
    ...sourcesOf(id).map(([title, text]) => `- **${title}**: ${text}`),
    '',
    ...paramLines(params),
  ];
  if (example === undefined) lines.push(`No code does it: ${faultNotes(id)}.`, '');
  else {
    lines.push(
      'In a scenario:',
      '',
      '```json',
      example,
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
