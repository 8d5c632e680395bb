/** An authority's results: what is looked at, the charts, what is withheld, how to read it. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { sentenceOf } from './api.ts';
import type { Api, Authority, RefusedError, Result } from './api.ts';
import { breakdownsOf } from './breakdown.ts';
import { BOTH, datasetOf, placeId, readChoices, vendorsOf, writeChoices } from './choices.ts';
import type { Choices } from './choices.ts';
import { Filters } from './filters.tsx';
import type { Measure } from './figures.ts';
import { Guide } from './guide.tsx';
import { LiveStatus } from './live-status.tsx';
import { OverTime } from './over-time.tsx';
import { Summary } from './summary.tsx';
import { InPeriod } from './in-period.tsx';
import { useLive } from './use-live.ts';
import { useResults } from './use-results.ts';
import type { View } from './view.ts';
import { Withheld } from './withheld.tsx';

interface Properties {
  readonly api: Api;
  readonly authority: Authority;
  readonly onAuthority: (authority: Authority) => void;
  readonly onRefused: (error: RefusedError) => void;
}

export function Dashboard({ api, authority, onAuthority, onRefused }: Properties) {
  const { choices, choose, isPlaceRefused } = useChoices(authority);
  const [measure, setMeasure] = useState<Measure>('count');
  const [wanted, setBreakdown] = useState('');
  const { state, version } = useLive(api, onRefused);
  const { results, all, problem } = useResults({ api, choices, version, onRefused });
  useNewDatasets({ api, authority, version, onAuthority });

  const vendors = vendorsOf(authority, choices.dataset);
  const shownVendors = choices.vendor === BOTH ? vendors : [choices.vendor];
  const labels = datasetOf(authority, choices.dataset, shownVendors[0] ?? '')?.labels;
  const breakdowns = useMemo(() => breakdownsOf(labels ?? []), [labels?.join('\n')]);
  const breakdown = breakdowns.find(({ id }) => id === wanted) ?? breakdowns[0]!;
  const view = { vendors: shownVendors, breakdown, measure };

  if (choices.place === undefined) return <p class="empty">Your key opens no place.</p>;
  return (
    <>
      <h1 class="hidden">Results of {authority.authority}</h1>
      <Filters
        {...{ api, authority, choices, choose, breakdowns, measure, setMeasure, setBreakdown }}
        breakdown={breakdown.id}
      />
      {isPlaceRefused && (
        <p class="notice" role="alert">
          The address asks for a place that is not yours. You see {placeId(choices.place)}.
        </p>
      )}
      <LiveStatus state={state} results={all} />
      {problem !== undefined && (
        <p class="notice" role="alert">
          {sentenceOf(problem)}
        </p>
      )}
      {results === undefined ? (
        <p class="empty">{choices.dataset === '' ? NOTHING : 'Fetching results …'}</p>
      ) : (
        <Results results={results} view={view} authority={authority} key={choices.dataset} />
      )}
      <Guide policy={authority.policy} />
    </>
  );
}

const NOTHING = 'No results yet. They appear here as windows are published.';

interface ResultsOptions {
  readonly results: readonly Result[];
  readonly view: View;
  readonly authority: Authority;
}

function Results({ results, view, authority }: ResultsOptions) {
  if (results.length === 0) return <p class="empty">No windows in this period.</p>;
  return (
    <>
      <Summary results={results} />
      <OverTime results={results} view={view} key={view.breakdown.id} />
      <InPeriod results={results} view={view} authority={authority} />
      <Withheld results={results} policy={authority.policy} />
    </>
  );
}

function useChoices(authority: Authority) {
  const read = (): ReturnType<typeof readChoices> => readChoices(location.search, authority);
  const [{ choices, isPlaceRefused }, setRead] = useState(read);
  const choose = (change: Partial<Choices>): void => {
    const next = { ...choices, ...change };
    const query = writeChoices(next);
    history.pushState(null, '', query);
    setRead(readChoices(query, authority));
  };
  useEffect(() => {
    history.replaceState(null, '', writeChoices(choices));
    const onBack = (): void => setRead(read());
    addEventListener('popstate', onBack);
    return () => removeEventListener('popstate', onBack);
  }, [authority]);
  // What was the first of no metrics is the first of some.
  useEffect(() => {
    if (choices.dataset === '') setRead(read());
  }, [authority.datasets.length]);
  return { choices, choose, isPlaceRefused };
}

interface NewDatasetOptions {
  readonly api: Api;
  readonly authority: Authority;
  readonly version: number;
  readonly onAuthority: (authority: Authority) => void;
}

/** Metrics appear with their first window. */
function useNewDatasets({ api, authority, version, onAuthority }: NewDatasetOptions): void {
  const known = useRef('');
  known.current = JSON.stringify(authority);
  useEffect(() => {
    if (version === 0) return;
    const stop = new AbortController();
    api.authority(stop.signal).then(
      (fresh) => {
        if (JSON.stringify(fresh) !== known.current) onAuthority(fresh);
      },
      // The results are fetched at the same time and say what is wrong.
      () => {},
    );
    return () => stop.abort();
  }, [version]);
}
