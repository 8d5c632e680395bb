/**
 * Pictures of the terminal for `docs/images`: the flagship day and the tutorial's red run, under
 * way and at their end. They are really run; but times, speed, memory and machine are those that
 * one run has left in `figures.json` (`--measure`), so that a picture changes only where results or
 * output do.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import {
  describeEnvironment,
  judge,
  overallVerdict,
  runDigest,
  runScenario,
} from '@priolab/harness';
import type { CostRecord, EnvironmentRecord, Progress, RunSummary } from '@priolab/harness';
import { renderLive, renderSummary, strikesNewestFirst } from '@priolab/report';

import { loadScenario } from '../../src/load.ts';
import { terminalPage } from './terminal-page.ts';

/** In characters: at a desk, and beside other windows or on a phone. */
const WIDTHS = [100, 60] as const;
const HEIGHT = 24;
/** Lines of a run's end that are on its picture: a large window. */
const END_HEIGHT = 48;
/** Of the flagship's 96; a picture of all of them could not be read. */
const MAX_ROWS = 8;
const FIGURES = new URL('./figures.json', import.meta.url);

interface Figures {
  readonly cost: Omit<CostRecord, 'work'>;
  readonly environment: EnvironmentRecord;
}

interface Subject {
  readonly name: string;
  readonly command: string;
  readonly file: string;
  /** How far the run is on the picture of it under way. */
  readonly share: number;
}

export interface Picture {
  readonly name: string;
  readonly html: string;
}

const repository = join(import.meta.dirname, '../../../..');

/** @param folder where files that are no scenarios of the repository may be written */
export async function terminalPictures(folder: string, isMeasured: boolean): Promise<Picture[]> {
  const page = readFileSync(join(repository, 'docs/TUTORIAL.md'), 'utf8');
  const [, tutorial] = /^```yaml\n([^]*?)^```$/m.exec(page)!;
  const first = join(folder, 'first.scenario.yaml');
  writeFileSync(first, tutorial!);
  const day = join(repository, 'scenarios/us-day.scenario.ts');
  const subjects: Subject[] = [
    { name: 'day', command: 'priolab run scenarios/us-day.scenario.ts', file: day, share: 0.42 },
    { name: 'red', command: 'priolab run first.scenario.yaml', file: first, share: 0.6 },
  ];
  const known = JSON.parse(readFileSync(FIGURES, 'utf8')) as Record<string, Figures>;
  const pictures: Picture[] = [];
  for (const subject of subjects) {
    if (isMeasured) {
      // As the command line does it: with a worker for each core.
      const { summary } = await record(subject, availableParallelism());
      known[subject.name] = figuresOf(summary);
    }
    // In this thread, so that what is told when does not depend on the machine.
    const { summary, frames } = await record(subject, 0);
    pictures.push(...picturesOf(subject, withFigures(summary, known[subject.name]!), frames));
  }
  if (isMeasured) writeFileSync(FIGURES, `${JSON.stringify(known, null, 2)}\n`);
  return pictures;
}

async function record({ file }: Subject, workers: number) {
  const scenario = await loadScenario(file, {});
  const frames: Progress[] = [];
  const summary = await runScenario({
    scenario,
    workers,
    environment: describeEnvironment(),
    // What it says of flow it works out when it is asked.
    onProgress: (progress) => frames.push({ ...progress }),
  });
  return { summary, frames };
}

function figuresOf({ cost, environment }: RunSummary): Figures {
  const { work: _work, ...measured } = cost;
  return { cost: measured, environment };
}

/** Judged anew: limits on speed and memory are among what is expected. */
function withFigures(summary: RunSummary, { cost, environment }: Figures): RunSummary {
  const told = { ...summary, cost: { ...summary.cost, ...cost }, environment };
  const expectations = judge(told);
  return { ...told, expectations, ...overallVerdict(expectations, summary.interrupted) };
}

function picturesOf(
  { name, command, file, share }: Subject,
  summary: RunSummary,
  frames: readonly Progress[],
): Picture[] {
  const { scenario, cost, verdict } = summary;
  const at = frames.findIndex((progress) => shareOf(progress) >= share);
  const told = frames.slice(0, at + 1).map((progress) => atPace(progress, cost));
  const newest = told.reduce(
    (known: readonly string[], { flow }, i) =>
      strikesNewestFirst(known, told[i - 1]?.flow?.strikes, flow?.strikes),
    [],
  );
  const digest = runDigest(scenario).slice(0, 8);
  const capsule = `runs/${scenario.id}-${String(scenario.seed)}-${digest}/capsule.json`;
  const replay = verdict === 'pass' ? `npx ${command}` : `npx priolab replay ${capsule}`;
  return WIDTHS.flatMap((width) => {
    const look = { width, colour: true };
    const live = renderLive(told.at(-1)!, { ...look, height: HEIGHT, since: told[0], newest });
    const end = renderSummary(summary, { ...look, replay, maxRows: MAX_ROWS });
    const about = `${scenario.id}: ${scenario.about}`;
    const head = [`\u001b[2m$\u001b[22m npx ${command}`, ...linesOf(about, width)];
    const at = width === WIDTHS[0] ? name : `${name}-${width}`;
    const page = (lines: readonly string[]): string =>
      terminalPage([...head, ...lines].slice(0, END_HEIGHT).join('\n'));
    return [
      { name: `terminal-${at}-live`, html: page(live) },
      { name: `terminal-${at}`, html: page(end.split('\n')) },
    ].map((picture) => ({ ...picture, html: picture.html.replaceAll(file, scenario.id) }));
  });
}

/** As a terminal breaks what is longer than a line of it. */
function linesOf(text: string, width: number): readonly string[] {
  return text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
}

/** The moment as it would be in a run that goes on evenly and takes as long as the measured one. */
function atPace(progress: Progress, { wallMs, peakRssBytes }: RunSummary['cost']): Progress {
  const { flow } = progress;
  const elapsedMs = wallMs * shareOf(progress);
  if (flow === undefined) return { ...progress, elapsedMs };
  return { ...progress, elapsedMs, flow: { ...flow, rssBytes: peakRssBytes } };
}

function shareOf({ share, reportsDone, reportCount }: Progress): number {
  return share ?? reportsDone / reportCount;
}
