/** The controls on top: what is looked at, how it is shown, and the download. */

import { useState } from 'preact/hooks';

import { sentenceOf } from './api.ts';
import type { Api, Authority } from './api.ts';
import type { Breakdown } from './breakdown.ts';
import { BOTH, datasetIds, placeId, vendorsOf } from './choices.ts';
import type { Choices } from './choices.ts';
import type { Measure } from './figures.ts';
import { datasetName, vendorName } from './words.ts';

interface Properties {
  readonly api: Api;
  readonly authority: Authority;
  readonly choices: Choices;
  readonly choose: (change: Partial<Choices>) => void;
  readonly breakdowns: readonly Breakdown[];
  readonly breakdown: string;
  readonly setBreakdown: (id: string) => void;
  readonly measure: Measure;
  readonly setMeasure: (measure: Measure) => void;
}

export function Filters(properties: Properties) {
  const { api, authority, choices, choose, breakdowns, breakdown, measure } = properties;
  const { localities } = authority;
  return (
    <form class="filters top-filters" onSubmit={(event) => event.preventDefault()}>
      <Select
        label={localities.length === 1 ? 'Your place' : 'Your places'}
        value={choices.place === undefined ? '' : placeId(choices.place)}
        options={localities.map((place) => [placeId(place), placeId(place)])}
        onChange={(id) => choose({ place: localities.find((place) => placeId(place) === id) })}
      />
      <Select
        label="Metric"
        value={choices.dataset}
        options={datasetIds(authority).map((id) => [id, datasetName(id)])}
        onChange={(dataset) => choose({ dataset })}
      />
      <Select
        label="Vendor"
        value={choices.vendor}
        options={[
          [BOTH, 'Side by side'],
          ...vendorsOf(authority, choices.dataset).map((id) => [id, vendorName(id)] as const),
        ]}
        onChange={(vendor) => choose({ vendor })}
      />
      <Day label="From" value={choices.from} onChange={(from) => choose({ from })} />
      <Day label="To" value={choices.to} onChange={(to) => choose({ to })} />
      {breakdowns.length > 1 && (
        <Select
          label="Shown by"
          value={breakdown}
          options={breakdowns.map(({ id, name }) => [id, name])}
          onChange={properties.setBreakdown}
        />
      )}
      <Select
        label="Figures"
        value={measure}
        options={[
          ['count', 'Counts'],
          ['per-1000', 'Per 1,000'],
        ]}
        onChange={(value) => properties.setMeasure(value === 'count' ? 'count' : 'per-1000')}
      />
      <Download api={api} choices={choices} />
    </form>
  );
}

interface SelectOptions {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [id: string, name: string])[];
  readonly onChange: (id: string) => void;
}

function Select({ label, value, options, onChange }: SelectOptions) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface DayOptions {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}

function Day({ label, value, onChange }: DayOptions) {
  return (
    <label>
      {label}
      <input type="date" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}

/** Fetched with the key in its header, and handed to the browser as a file. */
function Download({ api, choices }: { api: Api; choices: Choices }) {
  const [problem, setProblem] = useState<string>();
  const { place, dataset, from, to } = choices;
  const download = async (): Promise<void> => {
    if (place === undefined) return;
    const { country_code: country, state_code: state } = place;
    const filter = { dataset, country, state, from, to };
    try {
      const blob = await api.csv(filter, AbortSignal.timeout(60_000));
      const url = URL.createObjectURL(blob);
      const link = document.createElement('a');
      link.href = url;
      link.download = `${dataset}-${placeId(place).toLowerCase()}.csv`;
      link.click();
      URL.revokeObjectURL(url);
      setProblem(undefined);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  };
  return (
    <div class="download">
      <button type="button" disabled={dataset === ''} onClick={() => void download()}>
        Download CSV
      </button>
      <span role="status">{problem}</span>
    </div>
  );
}
