/** The results of a choice, fetched again when something new is told. */

import { useEffect, useState } from 'preact/hooks';

import { RefusedError } from './api.ts';
import type { Api, Result } from './api.ts';
import { BOTH, placeId } from './choices.ts';
import type { Choices } from './choices.ts';

export interface Loaded {
  readonly results: readonly Result[];
  /** The choice that they belong to. */
  readonly id: string;
}

interface Options {
  readonly api: Api;
  readonly choices: Choices;
  /** Grows when results may have changed. */
  readonly version: number;
  readonly onRefused: (error: RefusedError) => void;
}

export function useResults({ api, choices, version, onRefused }: Options) {
  const { place, dataset, vendor, from, to } = choices;
  const [loaded, setLoaded] = useState<Loaded>();
  const [problem, setProblem] = useState<unknown>();
  const id = JSON.stringify([place && placeId(place), dataset, from, to]);
  useEffect(() => {
    if (place === undefined || dataset === '') return;
    const stop = new AbortController();
    const { country_code: country, state_code: state } = place;
    api.results({ dataset, country, state, from, to }, stop.signal).then(
      (results) => {
        if (stop.signal.aborted) return;
        setProblem(undefined);
        setLoaded({ results, id });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        if (error instanceof RefusedError && error.isKeyRefused) onRefused(error);
        else setProblem(error);
      },
    );
    return () => stop.abort();
  }, [api, id, version]);
  // Results of another choice must not stand under the name of this one.
  const isOwn = loaded?.id === id;
  const results = isOwn ? loaded.results : undefined;
  const shown = results?.filter(({ data_provider }) => {
    return vendor === BOTH || data_provider === vendor;
  });
  return { results: shown, all: results, problem };
}
