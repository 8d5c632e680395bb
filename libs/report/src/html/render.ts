/**
 * A run as one HTML file. A pure function of the record; what the record holds is text in it,
 * whatever it says.
 */

import type { RunSummary } from '@priolab/harness';

import { verdictSentence } from '../headline.ts';
import { sanitise } from '../text.ts';
import { script } from './assets.ts';
import { renderConservation } from './conservation.ts';
import { renderCounts } from './counts.ts';
import { renderDocument } from './document.ts';
import { el, rawElement } from './element.ts';
import type { Content } from './element.ts';
import { renderAdversaries, renderExpectations } from './expectations.ts';
import { renderDeployment, renderIdentity, renderScenario } from './facts.ts';
import { renderFaultTimeline } from './fault-timeline.ts';
import { renderGaps, renderLimits } from './limits.ts';
import { renderMachine } from './machine.ts';
import { renderStates } from './multiples.ts';
import { renderNoise } from './noise.ts';
import { recordElement } from './record-data.ts';
import { renderSankey } from './sankey.ts';
import { renderSection } from './section.ts';
import type { Section } from './section.ts';
import { renderSimulated } from './simulated.ts';
import { renderStages } from './stages.ts';
import { renderVerdict } from './verdict.ts';
import type { RepeatOptions } from './verdict.ts';

export type HtmlOptions = RepeatOptions;

/** The whole document. @param options how to see the run again */
export function renderHtml(summary: RunSummary, options: HtmlOptions): string {
  const sections = sectionsOf(summary);
  return renderDocument({
    title: `${summary.verdict}: ${summary.identity.id}, ${verdictSentence(summary)}`,
    sheet: 'run',
    body: [
      el('a', { class: 'skip', href: '#main' }, 'Skip to the verdict'),
      topBar(summary, sections),
      el(
        'main',
        { id: 'main', tabindex: -1 },
        renderVerdict(summary, options),
        sections.map(renderSection),
      ),
      el('p', { id: 'tip', class: 'tip', role: 'status', hidden: true }),
      recordElement(summary),
      rawElement('script', { type: 'module' }, script()),
    ],
  });
}

function sectionsOf(summary: RunSummary): Section[] {
  const { deployment, simulation } = summary;
  const of = (id: string, title: string, content: Content, isThere = true): Section[] =>
    isThere ? [{ id, title, content }] : [];
  return [
    ...of('expectations', 'Expectations', renderExpectations(summary)),
    ...of('gaps', 'Not covered', renderGaps(summary)),
    ...of('limits', 'Known limits', renderLimits(summary)),
    ...of('flow', 'Fates of reports', renderSankey(summary)),
    ...of('conservation', 'Conservation', renderConservation(summary)),
    ...of('timeline', 'Faults on both clocks', renderFaultTimeline(summary)),
    ...of('traffic', 'Simulated time', renderSimulated(summary), simulation !== undefined),
    ...of('machine', 'Throughput and memory', renderMachine(summary)),
    ...of('states', 'States: estimate and truth', renderStates(summary)),
    ...of('noise', 'Noise', renderNoise(summary)),
    ...of('cost', 'Cost by stage', renderStages(summary)),
    ...of('adversaries', 'Adversaries', renderAdversaries(summary)),
    ...of('counts', 'What oracles counted', renderCounts(summary)),
    ...of('deployment', 'Deployment', renderDeployment(summary), deployment !== undefined),
    ...of('identity', 'Identity', renderIdentity(summary)),
    ...of('scenario', 'Scenario', renderScenario(summary)),
  ];
}

/** Where one goes from here, and what the script adds: it shows these controls. */
function topBar({ cells, fatesByState = [] }: RunSummary, sections: readonly Section[]): Content {
  // As they are written on the page, so that the script finds them.
  const states = [...cells, ...fatesByState].map(({ state }) => sanitise(state));
  const options = [...new Set(states)].sort().map((state) => el('option', { value: state }, state));
  const theme = (value: string, name: string): Content =>
    el(
      'label',
      {},
      el('input', { type: 'radio', name: 'theme', value, checked: value === 'system' }),
      el('span', {}, name),
    );
  return el(
    'div',
    { class: 'top' },
    el('span', { class: 'brand' }, 'Priolab'),
    el(
      'nav',
      { 'aria-label': 'Sections' },
      el(
        'ul',
        {},
        sections.map(({ id, title }) => el('li', {}, el('a', { href: `#${id}` }, title))),
      ),
    ),
    el(
      'div',
      { class: 'controls', hidden: true },
      el(
        'label',
        {},
        'State ',
        el('select', { id: 'state' }, el('option', { value: '' }, 'all'), options),
      ),
      el(
        'fieldset',
        { class: 'segments' },
        el('legend', { class: 'hidden' }, 'Colours'),
        theme('system', 'Auto'),
        theme('light', 'Light'),
        theme('dark', 'Dark'),
      ),
    ),
    el('p', { id: 'said', class: 'hidden', role: 'status' }),
  );
}
