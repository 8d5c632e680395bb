/** What the terminal says of a run whose uploads really travelled. */

import type { RunSummary } from '@priolab/harness';
import { describe, expect, test } from 'vitest';

import { renderSummary } from '../src/index.ts';
import { REPLAY, summaryWith } from './fixture.ts';

const render = (summary: RunSummary): string =>
  renderSummary(summary, { colour: false, replay: REPLAY });

/** One section's lines, without its title. */
function section(text: string, title: string): string {
  return text.split(`\n\n${title}\n`)[1]?.split('\n\n')[0] ?? '';
}

/** White space as single spaces: for sentences that may wrap. */
const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('deployment', () => {
  const deployment: NonNullable<RunSummary['deployment']> = {
    kind: 'processes',
    buckets: 'files',
    state: 'sqlite',
    googleForm: 'document',
    instances: 4,
    uploads: {
      sent: 2010,
      stored: 2000,
      storedBefore: 3,
      refused: { truncated: 5, 'bad-signature': 1 },
      unanswered: 1,
      retries: 1,
    },
    batches: 1234,
    reports: 2000,
    refused: 12,
    windows: 8,
    combined: 7,
    missing: ['us-wa-apple seen 2021-12-01T00:00Z'],
    deviations: {
      totals: 2,
      clients: 1,
      refused: 0,
      batches: 1,
      reports: 3,
      answers: 1,
      examples: ['us-md: \u001b[2J'],
    },
  };
  const linesOf = (change: object = {}): string =>
    flat(section(render(summaryWith({ deployment: { ...deployment, ...change } })), 'Deployment'));

  test('what was deployed, what became of it, and how far it differs from memory', () => {
    const lines = linesOf();
    expect(lines).toContain('as programs over files and sqlite: 4 instances, Google');
    expect(lines).toContain('uploads as documents');
    expect(lines).toContain(
      '2,010 uploads sent: 2,000 stored, 3 there before, refused: 5 truncated, 1 bad-signature, ' +
        '1 unanswered; 1 retry',
    );
    expect(lines).toContain('1,234 batches of 2,000 reports, 12 of them refused by processors');
    expect(lines).toContain('7 of 8 windows shown');
    expect(lines).toContain(
      '2 bins, 1 number of clients, 0 refused reports, 1 batch, 3 reports lost or doubled, ' +
        '1 answer',
    );
    expect(lines).toContain('us-md: ');
    expect(lines).not.toContain('\u001b');
  });

  test('services in the process of the run', () => {
    const { buckets: _buckets, state: _state, ...rest } = deployment;
    const inProcess = { ...rest, kind: 'http' as const, googleForm: 'plain' as const };
    const lines = flat(section(render(summaryWith({ deployment: inProcess })), 'Deployment'));
    expect(lines).toContain('on sockets: 4 instances');
    expect(lines).toContain('uploads in the plain form');
  });

  test('nothing of a run in memory', () => {
    expect(render(summaryWith())).not.toContain('Deployment');
  });
});
