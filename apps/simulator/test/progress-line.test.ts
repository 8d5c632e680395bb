/** The live view on a screen: drawn over in place, taken away without a trace, whatever happens. */

import type { FlowProgress, Progress } from '@priolab/harness';
import { renderLive, renderProgressPlain } from '@priolab/report';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { createProgressLine } from '../src/progress-line.ts';
import type { ProgressLine } from '../src/progress-line.ts';
import { withoutProgress } from './fixture.ts';
import { createScreen } from './screen.ts';

beforeEach(() => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'CI', 'TERM', 'LC_ALL'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('LANG', 'en_US.UTF-8');
});
const opened: ProgressLine[] = [];
afterEach(() => {
  for (const line of opened.splice(0)) line.clear();
  vi.unstubAllEnvs();
});

const progressAt = (elapsedMs: number, flow: Partial<FlowProgress> = {}): Progress => ({
  reportsDone: elapsedMs,
  reportCount: 100_000,
  elapsedMs,
  flow: {
    sent: 2 * elapsedMs,
    ingested: elapsedMs,
    leader: elapsedMs,
    helper: elapsedMs,
    published: 3,
    due: 8,
    rejected: { 'leader proof-invalid': 7 },
    rssBytes: 2 ** 28,
    ...flow,
  },
});

/** A stream that draws on a screen, on which there is something already. */
function createTerminal({ columns = 80, rows = 24 } = {}) {
  const screen = createScreen(columns);
  const writes: string[] = [];
  const stream = {
    isTTY: true,
    columns,
    rows,
    writableNeedDrain: false,
    write(text: string) {
      writes.push(text);
      screen.write(text);
      return true;
    },
  };
  stream.write('$ priolab run\nsmoke: two states\n');
  writes.length = 0;
  const line = createProgressLine(stream as never);
  opened.push(line);
  return { screen, writes, stream, line };
}

const BEFORE = ['$ priolab run', 'smoke: two states'];
const plain = (progress: Progress, width: number, height = 23): string[] =>
  renderLive(progress, { width, height, colour: false }).map((line) => line.trimEnd());

describe('on a terminal', () => {
  test('each frame stands where the last one stood, one write a frame', () => {
    const { screen, writes, line } = createTerminal();
    for (let ms = 0; ms < 3000; ms += 10) {
      const before = writes.length;
      line.update(progressAt(ms));
      if (writes.length > before) {
        expect(writes).toHaveLength(before + 1);
        expect(screen.rows()).toEqual([...BEFORE, ...plain(progressAt(ms), 79)]);
      }
    }
    // The first after half a second, then ten a second.
    expect(writes).toHaveLength(25);
  });

  test('a frame is written over before anything is erased, and leaves the cursor visible', () => {
    const { screen, writes, line } = createTerminal();
    for (const ms of [1000, 2000]) line.update(progressAt(ms));
    const frame = writes.at(-1)!;
    expect(frame.indexOf('\u001b[J')).toBeGreaterThan(frame.indexOf('memory'));
    expect(frame.match(/\[\?25l/g)).toHaveLength(1);
    expect(frame.endsWith('\u001b[?25h')).toBe(true);
    expect(screen).toMatchObject({ cursorIsVisible: true, styleIsOn: false });
  });

  test('a view that has become smaller leaves nothing of the larger one', () => {
    const { screen, line } = createTerminal();
    line.update(progressAt(1000, { strikes: { 'net.drop': 1 }, simulatedMs: 0 }));
    line.update(progressAt(2000));
    expect(screen.rows()).toEqual([...BEFORE, ...plain(progressAt(2000), 79)]);
  });

  test('the newest strike stands first', () => {
    const { screen, line } = createTerminal();
    const strikes = [{ 'net.drop': 9 }, { 'net.drop': 9, 'proc.crash': 1 }];
    strikes.forEach((some, i) => line.update(progressAt(1000 * (i + 1), { strikes: some })));
    expect(screen.rows().join('\n')).toContain('↯ proc.crash ×1  ↯ net.drop ×9');
  });

  test('flow that is worked out when it is asked for is asked for once a frame', () => {
    const { screen, line } = createTerminal();
    const strikes: Record<string, number> = { 'net.drop': 9 };
    let count = 0;
    const at = (elapsedMs: number): Progress => ({
      ...progressAt(elapsedMs),
      get flow() {
        count += 1;
        return progressAt(elapsedMs, { strikes: { ...strikes } }).flow!;
      },
    });
    for (let ms = 1000; ms < 1100; ms++) line.update(at(ms));
    strikes['proc.crash'] = 1;
    for (let ms = 1100; ms < 1200; ms++) line.update(at(ms));
    expect(screen.rows().join('\n')).toContain('↯ proc.crash ×1  ↯ net.drop ×9');
    expect(count).toBe(2);
  });

  test('cleared, it was never there; drawn again, it begins anew', () => {
    const { screen, line, stream, writes } = createTerminal();
    line.update(progressAt(1000));
    line.clear();
    expect(screen.rows()).toEqual(BEFORE);
    const count = writes.length;
    line.clear();
    expect(writes).toHaveLength(count);
    stream.write('stopping\n');
    line.update(progressAt(2000));
    expect(screen.rows()).toEqual([...BEFORE, 'stopping', ...plain(progressAt(2000), 79)]);
  });

  test('what a terminal shows of Ctrl-C leaves no trace', () => {
    const { screen, stream } = createTerminal();
    const of = { doing: 'planning', unit: 'reports' };
    for (const line of [
      createProgressLine(stream as never),
      createProgressLine(stream as never, of),
    ]) {
      line.update(progressAt(1000));
      screen.write('^C^C');
      line.update(progressAt(2000));
      expect(screen.rows().join('\n')).not.toContain('^C');
      screen.write('^C');
      line.clear();
      expect(screen.rows()).toEqual(BEFORE);
    }
  });

  test.each([40, 61, 79, 200])('a window that becomes %i columns wide', (columns) => {
    const { screen, line, stream } = createTerminal();
    line.update(progressAt(1000));
    screen.resize(columns);
    stream.columns = columns;
    line.update(progressAt(2000));
    expect(screen.rows()).toEqual([...BEFORE, ...plain(progressAt(2000), columns - 1)]);
    line.clear();
    expect(screen.rows()).toEqual(BEFORE);
  });

  test('a window of few rows shows what has room, one of none the bar', () => {
    for (const rows of [1, 2, 5, 6]) {
      const { screen, line } = createTerminal({ rows });
      line.update(progressAt(1000));
      expect(screen.rows().length - BEFORE.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
    }
  });

  test('ends with the process, and listens no longer than it is drawn', () => {
    const { screen, line } = createTerminal();
    const count = process.listenerCount('exit');
    line.update(progressAt(1000));
    line.update(progressAt(2000));
    expect(process.listenerCount('exit')).toBe(count + 1);
    // What a second Ctrl-C does, without ending this process.
    (process.listeners('exit').at(-1) as () => void)();
    expect(screen.rows()).toEqual(BEFORE);
    expect(process.listenerCount('exit')).toBe(count);
  });

  test('a terminal that can’t keep up gets fewer frames', () => {
    const { writes, line, stream } = createTerminal();
    stream.writableNeedDrain = true;
    line.update(progressAt(1000));
    expect(writes).toEqual([]);
    stream.writableNeedDrain = false;
    line.update(progressAt(1001));
    expect(writes).toHaveLength(1);
  });

  test('NO_COLOR draws without styles; a locale without UTF-8 in ASCII', () => {
    vi.stubEnv('NO_COLOR', '1');
    vi.stubEnv('LC_ALL', 'POSIX');
    const { writes, line } = createTerminal();
    line.update(progressAt(1000));
    expect(writes.join('')).not.toMatch(/\p{Cc}\[[\d;]*m/u);
    if (process.platform === 'linux') expect(writes.join('')).toMatch(/^[ -~\p{Cc}]+$/u);
  });
});

describe('elsewhere', () => {
  const logOf = (variables: Record<string, string>, isTTY: boolean): string[] => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const written: string[] = [];
    const stream = { isTTY, columns: 80, write: (text: string) => written.push(text) };
    const line = createProgressLine(stream as never);
    for (let ms = 0; ms <= 61_000; ms += 500) line.update(progressAt(ms));
    line.clear();
    return written;
  };

  test.each([
    ['a log', {}, false, 12],
    ['the log of a CI runner', { CI: 'true' }, false, 2],
    ['a CI runner with a terminal', { CI: 'true' }, true, 2],
    ['a dumb terminal', { TERM: 'dumb' }, true, 12],
    ['a log that is to have colours', { FORCE_COLOR: '1' }, false, 12],
  ])('%s: a plain line now and then', (_name, variables, isTTY, count) => {
    const written = logOf(variables, isTTY);
    expect(written).toHaveLength(count);
    expect(written[0]).toBe(
      '5.0 %, 5,000 of 100,000 reports, 1,000 reports/s, 1 min 35 s left, 7 refused, 256 MiB\n',
    );
    for (const text of written) expect(text).toMatch(/^[\x20-\x7e]+\n$/);
  });
});

test('a million updates cost next to nothing', () => {
  const { line, writes } = createTerminal();
  const progress = progressAt(0);
  const startMs = performance.now();
  for (let i = 0; i < 1_000_000; i++) line.update({ ...progress, elapsedMs: i / 1000 });
  // A million updates within a second of the run, from its half on.
  expect(writes).toHaveLength(5);
  expect(performance.now() - startMs).toBeLessThan(2000);
});

test('other tests take lines of the log for what they are, and no other', () => {
  const log = [
    renderProgressPlain(progressAt(5000)),
    'priolab: 12.0 % of nothing',
    renderProgressPlain(progressAt(0), { doing: 'planning', unit: 'reports' }),
  ];
  expect(withoutProgress(log.map((line) => `${line}\n`).join(''))).toBe(`${log[1]}\n`);
});
