/**
 * JUnit XML for CI: one suite for the scenario, one test case for each expectation. A failure is a
 * `<failure>`; what could not be judged (vacuous, invalid) is an `<error>`. Invariant: the suite is
 * green if and only if the verdict is a pass of a run that was not cut short.
 */

import type { ExpectationOutcome, RunSummary } from '@priolab/harness';

import { remedyFor, verdictSentence } from './headline.ts';
import { knownLimits } from './known-limits.ts';
import { formatCount, formatInterval, formatLevel, sanitise } from './text.ts';

interface Case {
  readonly name: string;
  /** `failure` and `error` as JUnit has them. */
  readonly kind: 'passed' | 'failure' | 'error';
  readonly type: string;
  readonly message: string;
  readonly lines: readonly string[];
}

/** A whole XML 1.0 document; `replay` is the command that repeats the run. */
export function renderJunit(summary: RunSummary, { replay }: { replay: string }): string {
  const cases = casesOf(summary, replay);
  const { identity, environment, cost } = summary;
  const failures = cases.filter(({ kind }) => kind === 'failure').length;
  const errors = cases.filter(({ kind }) => kind === 'error').length;
  const seconds = Number.isFinite(cost.wallMs) ? (cost.wallMs / 1000).toFixed(3) : '0.000';
  const counts = { tests: cases.length, failures, errors, time: seconds };
  // The schema wants a date and time without a zone.
  const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(environment.startedAt)?.[0];
  const suite = {
    name: identity.id,
    ...counts,
    // Here only: the schema of Jenkins has no such attribute above suites.
    skipped: 0,
    ...(timestamp === undefined ? {} : { timestamp }),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'priolab', ...counts })}>`,
    `  <testsuite${attributes(suite)}>`,
    '    <properties>',
    ...propertiesOf(summary, replay).map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    '    </properties>',
    ...cases.flatMap((one) => renderCase(identity.id, one)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf(summary: RunSummary, replay: string): Case[] {
  const { expectations, verdict, interrupted } = summary;
  const cases = expectations.map((outcome) => caseOf(outcome, summary, replay));
  const isGreen = cases.every(({ kind }) => kind === 'passed');
  if (!interrupted && (verdict === 'pass' || !isGreen)) return cases;
  // Passes of a run that was cut short, or no expectation at all: CI must not see green.
  const sentence = verdictSentence(summary);
  const type = interrupted ? 'interrupted' : verdict;
  const message = `${verdict}: ${sentence}`;
  return [...cases, { name: 'run', kind: 'error', type, message, lines: [`repeat: ${replay}`] }];
}

function caseOf(outcome: ExpectationOutcome, summary: RunSummary, replay: string): Case {
  const { id, verdict, observed, limit, n, power, interval } = outcome;
  const remedy = remedyFor(outcome, summary);
  return {
    name: id,
    kind: verdict === 'pass' ? 'passed' : verdict === 'fail' ? 'failure' : 'error',
    type: verdict,
    message: `${observed}; expected: ${limit}`,
    lines: [
      `observed: ${observed}`,
      `limit: ${limit}`,
      `n: ${formatCount(n)}`,
      ...(interval === undefined ? [] : [`interval: ${formatInterval(interval)}`]),
      ...(power === undefined
        ? []
        : [`power: alpha ${formatLevel(power.alpha)}, would show ${power.detectable}`]),
      ...(remedy === undefined ? [] : [`to do: ${remedy}`]),
      ...(verdict === 'pass' ? [] : [`repeat: ${replay}`]),
    ],
  };
}

function renderCase(suite: string, { name, kind, type, message, lines }: Case): string[] {
  // Expectations are judged together after the run: none has a time of its own.
  const open = `    <testcase${attributes({ classname: suite, name, time: '0.000' })}>`;
  const body = lines.map(escapeXml).join('\n');
  const inner =
    kind === 'passed'
      ? `<system-out>${body}</system-out>`
      : `<${kind}${attributes({ type, message })}>${body}</${kind}>`;
  return [open, `      ${inner}`, '    </testcase>'];
}

function propertiesOf(summary: RunSummary, replay: string): [string, string | number][] {
  const { identity, environment, verdict, exitCode, fidelity } = summary;
  const notDone = fidelity.notDone === undefined ? [] : [fidelity.notDone];
  const limits = [...knownLimits(summary)].map(([id, limit]): [string, string] => [
    `known-limit.${id}`,
    limit,
  ]);
  return [
    ['seed', identity.seed],
    ['scenario-digest', identity.scenarioDigest],
    ['result-digest', identity.resultDigest],
    ['backend', identity.backend],
    ['fidelity', identity.fidelity],
    ['full-reports', fidelity.fullReports],
    ['shares-only-reports', fidelity.sharesOnlyReports],
    ...notDone.map((text): [string, string] => ['not-done', text]),
    ['commit', environment.commit],
    ['node', environment.node],
    ['workers', environment.workers],
    ['verdict', verdict],
    ['exit-code', exitCode],
    ['replay', replay],
    ...limits,
  ];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** `sanitise` first: most controls can't stand in XML 1.0 at all, not even as references. */
function escapeXml(text: string): string {
  return sanitise(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
