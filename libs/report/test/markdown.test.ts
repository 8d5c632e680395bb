/** Markdown: what it says, and that foreign text is nothing but text to another parser of it. */

import { parsers } from 'prettier/plugins/markdown';
import { describe, expect, test } from 'vitest';

import { renderMarkdown } from '../src/index.ts';
import * as fixture from './fixture.ts';
import { PAYLOADS, filledWith, timedRun } from './timed-fixture.ts';

const { REPLAY, summaryWith } = fixture;
const render = (summary = summaryWith(), replay = REPLAY): string =>
  renderMarkdown(summary, { replay });

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

/** All nodes of a text, as remark sees it. */
function nodesOf(text: string): Node[] {
  const all = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(all)];
  return all(parsers.markdown.parse(text, { originalText: text } as never) as Node);
}

test('a pass: verdict, what it rests on, and nothing to repeat', () => {
  const text = render();
  expect(text.split('\n').slice(0, 5)).toEqual([
    '## ✅ PASS `two-states`',
    '',
    'all 2 expectations hold, over 800 reports (exit code 0).',
    '',
    'seed `7`, result `fedcba98`, backend `node`, fidelity `full`, commit `55bd66c0ffee+`',
  ]);
  expect(text).not.toContain('Repeat');
  expect(text).not.toContain('To look at');
  expect(text).toContain('<details><summary>Expectations: 2 of 2 pass</summary>');
  const interval = 'share of bits flipped 0.2112 to 0.2916 (confidence 1 - 1e-6), due 0.25';
  expect(text).toContain('| ✅ pass | `sum.exact` | `saw sum.exact` | 800 |  |');
  expect(text).toContain(
    `| ✅ pass | \`noise.dist\` | \`saw noise.dist\` | 800 | \`${interval}\` |`,
  );
});

test('no column for intervals where there is none', () => {
  const text = render(summaryWith({ expectations: [fixture.outcomeOf('pass')] }));
  expect(text).toContain('| verdict | expectation | observed | n |\n');
});

test('a failure: what did not pass, worst first, and the command that repeats it', () => {
  const text = render(timedRun());
  expect(text).toContain(`Repeat this run:\n\n\`\`\`sh\n${REPLAY}\n\`\`\`\n`);
  expect(text).toMatch(/^1 of \d+ expectations does not hold: `once`; /m);
  const rows = text.slice(text.indexOf('### To look at')).split('\n').slice(4, 7);
  expect(rows).toEqual(
    [
      '| ❌ fail | `once` | `saw "two", and more` | `want once` |  |',
      '| ⚠️ vacuous | `noforge` | `saw noforge` | `want noforge` | ' +
        '`add adversaries to the scenario, or raise their share` |',
      '| ⚠️ invalid | `memory` | `saw memory` | `want memory` | ' +
        '`run it again while the machine does nothing else` |',
    ].toSorted((a, b) => order(a) - order(b)),
  );
  expect(text).toContain('| `rejected` | `leader` | `proof-invalid` | 4 | 0.50 % |');
  expect(text).toContain('| `mal.tamper_sum at leader` | 3 (at least 1) | 0 |');
  expect(text).toContain('`A processor adds to its sum. It struck 3 times at leader: windows');
});

/** Fail, invalid, vacuous. */
function order(row: string): number {
  return ['fail', 'invalid', 'vacuous'].findIndex((verdict) => row.includes(` ${verdict} `));
}

test('a lower rung says what was not done', () => {
  expect(render(fixture.lowerRun('sampled'))).toContain(
    'Not done: `sampled: no encryption, uploads or attestation`',
  );
});

describe.each(PAYLOADS)('with %j in every text', (payload) => {
  const text = render(filledWith(payload), payload);
  const ours = render(filledWith('x'), 'x');
  const shapeOf = (of: string): string[] => nodesOf(of).map(({ type }) => type);

  test('it has the structure of a run with plain text', () => {
    expect(shapeOf(text)).toEqual(shapeOf(ours));
  });

  test('everything outside code is ours', () => {
    const outside = (of: string): (string | undefined)[] =>
      nodesOf(of)
        .filter(({ type }) => type !== 'inlineCode' && type !== 'code')
        .map(({ value }) => value);
    expect(outside(text)).toEqual(outside(ours));
  });

  test('no control characters and no workflow commands', () => {
    expect(text).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]|::|##\[/u);
    expect(text).not.toMatch(/^\s*::/m);
  });
});

test('a span shows the text as it is, but for what would end it', () => {
  const [span] = nodesOf(render(summaryWith({ identity: identityOf('a|b`c <d> *e*') }))).filter(
    ({ type }) => type === 'inlineCode',
  );
  expect(span!.value).toBe('a\\x7cb\\x60c <d> *e*');
});

function identityOf(id: string): ReturnType<typeof summaryWith>['identity'] {
  return { ...summaryWith().identity, id };
}

test('however much there is to say, a comment on GitHub holds it', () => {
  const long = '|`'.repeat(2000);
  const many = filledWith(long);
  const text = render({
    ...many,
    expectations: Array.from({ length: 500 }, (_, k) => many.expectations[k % 4]!),
    fates: Array.from({ length: 500 }, () => many.fates[0]!),
  });
  expect(text.length).toBeLessThanOrEqual(65_536);
  expect(text).toContain('335 more');
  expect(text).toMatch(/\nLeft out, for want of room: .*Expectations/);
});
