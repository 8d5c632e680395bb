import { test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { renderSummary, renderJunit, renderProgress } from '../src/index.ts';
import * as f from './fixture.ts';
test('show', () => {
  const o = {
    colour: false,
    replay: f.REPLAY,
    files: [
      { path: 'runs/x/summary.json', what: 'the record' },
      { path: 'runs/x/fates.bin', what: 'fates' },
    ],
  };
  const runs = {
    pass: f.summaryWith(),
    adv: {
      ...f.adversarialRun(),
      verdict: 'fail' as const,
      exitCode: 1,
      expectations: [
        f.outcomeOf('pass'),
        f.outcomeOf('vacuous', 'noforge'),
        f.outcomeOf('fail', 'reason'),
      ],
    },
    int: f.interruptedRun(),
    empty: f.emptyRun(),
    hostile: f.hostileRun(),
    held: f.summaryWith({
      cells: [
        f.heldCell('us-ct', 'apple', 'CodeVerified-v1'),
        ...f.summaryWith().cells.slice(0, 2),
        f.heldCell('us-wa', 'google', 'CodeVerified-v1'),
      ],
    }),
  };
  let out = '';
  for (const [k, r] of Object.entries(runs))
    for (const width of [100, 60])
      out += `\n=== ${k} ${width}\n` + renderSummary(r, { ...o, width });
  out += '\n' + renderJunit(runs.adv, o) + renderJunit(runs.hostile, o);
  out += renderProgress(
    { reportsDone: 420000, reportCount: 1e6, elapsedMs: 60000 },
    { width: 90, colour: false },
  );
  writeFileSync('/tmp/out.txt', out);
});
