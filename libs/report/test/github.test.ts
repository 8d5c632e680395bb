/** Annotations of GitHub Actions, read as its runner reads a line. */

import { describe, expect, test } from 'vitest';

import { renderAnnotations } from '../src/index.ts';
import * as fixture from './fixture.ts';
import { PAYLOADS, filledWith, timedRun } from './timed-fixture.ts';

const { REPLAY, outcomeOf, summaryWith } = fixture;
const FILE = 'scenarios/two-states.scenario.ts';
const render = (summary = summaryWith(), file = FILE, replay = REPLAY): string[] =>
  renderAnnotations(summary, { file, replay });

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The grammar of the runner: `::name key=value,key=value::text`, with its escapes undone. */
function parseCommand(line: string): Command {
  const match = /^::([a-z-]+) ([^:]*)::(.*)$/s.exec(line);
  if (match === null) throw new Error(`no command: ${line}`);
  const [, name, properties, text] = match;
  const undo = (escaped: string): string =>
    escaped.replace(/%(0A|0D|3A|2C|25)/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  const pairs = properties!.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), undo(pair.slice(at + 1))] as const;
  });
  return { name: name!, properties: Object.fromEntries(pairs), text: undo(text!) };
}

test('a pass says nothing', () => {
  expect(render()).toEqual([]);
});

test('an error for each expectation that did not pass: file, replay line; worst first', () => {
  const lines = render(timedRun());
  expect(lines[0]).toBe(
    `::error file=${FILE},title=two-states%3A fail once::observed: saw "two", and more%0A` +
      `limit: want once%0Arepeat: ${REPLAY}`,
  );
  const commands = lines.map(parseCommand);
  expect(commands.map(({ name }) => name)).toEqual(['error', 'error', 'error']);
  expect(commands.map(({ properties }) => properties['title'])).toEqual([
    'two-states: fail once',
    'two-states: invalid memory',
    'two-states: vacuous noforge',
  ]);
  expect(commands[0]!.text.split('\n')).toEqual([
    'observed: saw "two", and more',
    'limit: want once',
    `repeat: ${REPLAY}`,
  ]);
});

test('a run that was cut short, or that expects nothing, is an error of its own', () => {
  const [interrupted] = render(fixture.interruptedRun()).map(parseCommand);
  expect(interrupted!.properties['title']).toBe('two-states: interrupted');
  expect(interrupted!.text).toMatch(/^stopped after 200 of 800 reports/);
  const [idle] = render(summaryWith({ expectations: [], verdict: 'vacuous' })).map(parseCommand);
  expect(idle!.text).toContain('the scenario expects nothing');
});

test('GitHub shows ten: the tenth of more says how many there are', () => {
  const expectations = Array.from({ length: 14 }, (_, k) => outcomeOf('fail', `e${k}`));
  const commands = render(summaryWith({ expectations, verdict: 'fail' })).map(parseCommand);
  expect(commands).toHaveLength(10);
  expect(commands.at(-1)!.properties['title']).toBe('two-states: 5 more');
  const ten = summaryWith({ expectations: expectations.slice(0, 10), verdict: 'fail' });
  expect(render(ten).map(parseCommand).at(-1)!.properties['title']).toBe('two-states: fail e9');
});

describe.each(PAYLOADS)('with %j in every text', (text) => {
  test('each line is one command, with the properties that are ours', () => {
    const lines = render(filledWith(text), text, text);
    const plain = render(filledWith('x'), 'x', 'x');
    expect(lines).toHaveLength(plain.length);
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      const { name, properties, text: said } = parseCommand(line);
      expect(name).toBe('error');
      expect(Object.keys(properties)).toEqual(['file', 'title']);
      expect(said.split('\n')).toHaveLength(3);
      expect(line.split('::')).toHaveLength(3);
    }
  });
});
