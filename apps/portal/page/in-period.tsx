/** The second part of the results: each row summed over the period, as a histogram. */

import { useMemo, useState } from 'preact/hooks';

import type { Authority, Result } from './api.ts';
import { dimensionsOf } from './breakdown.ts';
import type { Breakdown, Dimension } from './breakdown.ts';
import { axisFor } from './charts/axis.ts';
import { HeatMap } from './charts/heat-map.tsx';
import { Histogram } from './charts/histogram.tsx';
import type { Bar } from './charts/histogram.tsx';
import { datasetOf } from './choices.ts';
import { clientsIn, halfWidth, scaled, sumOver } from './figures.ts';
import type { Measure } from './figures.ts';
import { ofVendor, unitOf } from './view.ts';
import type { View } from './view.ts';
import { plural, vendorName } from './words.ts';

interface Properties {
  readonly results: readonly Result[];
  readonly view: View;
  readonly authority: Authority;
}

export function InPeriod({ results, view, authority }: Properties) {
  const { vendors, breakdown, measure } = view;
  const hasAside = breakdown.rows.some(({ isAside }) => isAside);
  const [showsAside, setShowsAside] = useState(false);
  const rows = breakdown.rows.filter(({ isAside }) => showsAside || !isAside);
  const byVendor = vendors.map((vendor) => {
    const own = ofVendor(results, vendor);
    return { vendor, own, bars: barsOf(own, rows, measure) };
  });
  const axis = axisFor(
    byVendor.flatMap(({ bars }) => bars.flatMap(endsOf)),
    4,
  );
  const labels = datasetOf(authority, results[0]!.generic_id, vendors[0] ?? '')?.labels ?? [];
  const dimensions = useMemo(() => dimensionsOf(labels), [labels.join('\n')]);
  const isGrid = dimensions !== undefined && dimensions.length > 2;
  return (
    <section aria-labelledby="in-period">
      <h2 id="in-period">In the whole period</h2>
      <p class="unit">
        {unitOf(measure)}, summed over all published windows. <RawKey />
      </p>
      {hasAside && (
        <label class="check">
          <input
            type="checkbox"
            checked={showsAside}
            onChange={(event) => setShowsAside(event.currentTarget.checked)}
          />
          Show bins that are set aside (nothing happened, or unused): they dwarf the others
        </label>
      )}
      {isGrid && <RiskGuide dimensions={dimensions} />}
      <div class="panels">
        {byVendor.map(({ vendor, own, bars }) => (
          <article key={vendor} aria-label={`${vendorName(vendor)} in the whole period`}>
            <h3>{vendorName(vendor)}</h3>
            <Histogram
              caption={captionOf(own, vendor)}
              heading={headingOf(breakdown)}
              bars={bars}
              axis={axis}
            />
          </article>
        ))}
      </div>
      {isGrid && <Grid dimensions={dimensions} byVendor={byVendor} measure={measure} />}
    </section>
  );
}

function captionOf(results: readonly Result[], vendor: string): string {
  const clients = clientsIn(results);
  const from = `from ${vendorName(vendor)}`;
  return clients === 0
    ? `No published window ${from}`
    : `${plural(clients, 'contribution')} ${from}`;
}

const headingOf = ({ id, name }: Breakdown): string => (id === 'bins' ? 'Bin' : name);

function barsOf(results: readonly Result[], rows: Breakdown['rows'], measure: Measure): Bar[] {
  const clients = clientsIn(results);
  return rows.map((row) => ({ row, figure: scaled(sumOver(results, row.bins), clients, measure) }));
}

function endsOf({ figure }: Bar): number[] {
  const { value, raw } = figure;
  if (value === undefined) return [];
  return [value - halfWidth(figure), value + halfWidth(figure), raw];
}

function RawKey() {
  return (
    <span class="raw-key">
      <svg width="42" height="14" aria-hidden="true">
        <rect class="above" y="3" width="26" height="8" rx="1" />
        <line class="whisker" x1="18" x2="36" y1="7" y2="7" />
        <line class="whisker" x1="18" x2="18" y1="4" y2="10" />
        <line class="whisker" x1="36" x2="36" y1="4" y2="10" />
      </svg>{' '}
      estimate with its 95 % interval,{' '}
      <svg width="6" height="14" aria-hidden="true">
        <line class="raw" x1="3" x2="3" y1="0" y2="14" />
      </svg>{' '}
      noisy sum as published.
    </span>
  );
}

function RiskGuide({ dimensions }: { dimensions: readonly Dimension[] }) {
  return (
    <details class="guide">
      <summary>What the dimensions mean</summary>
      <dl>
        {dimensions.map(({ name, values }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {MEANINGS[name] ?? ''} {plural(values.length, 'value')}: {values.join('; ')}.
            </dd>
          </div>
        ))}
      </dl>
      <p>
        A phone sets one bin for each combination of day, infectiousness and attenuation at which it
        met somebody: it may be counted in several bins, and sums are not numbers of phones.
      </p>
    </details>
  );
}

const MEANINGS: Readonly<Record<string, string>> = {
  'Days since exposure': 'How long ago the exposure was when the phone reported.',
  Infectiousness: 'How infectious the other person is taken to have been that day.',
  'Attenuation, dB': 'How much of the signal was lost on the way: less loss, shorter distance.',
  'Duration, s': 'Seconds that the exposure lasted at that attenuation.',
};

interface GridOptions {
  readonly dimensions: readonly Dimension[];
  readonly byVendor: readonly { readonly vendor: string; readonly own: readonly Result[] }[];
  readonly measure: Measure;
}

function Grid({ dimensions, byVendor, measure }: GridOptions) {
  const others = dimensions.slice(0, -2);
  const [cut, setCut] = useState<readonly (number | undefined)[]>(others.map(() => undefined));
  const [rows, columns] = dimensions.slice(-2);
  const title = `${rows!.name} × ${columns!.name}`;
  return (
    <>
      <h3>{title}</h3>
      <div class="filters">
        {others.map(({ name, values }, axis) => (
          <label key={name}>
            {name}
            <select
              value={cut[axis] ?? ''}
              onChange={({ currentTarget: { value } }) =>
                setCut(cut.with(axis, value === '' ? undefined : Number(value)))
              }
            >
              <option value="">all</option>
              {values.map((value, place) => (
                <option key={value} value={place}>
                  {value}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
      <div class="panels">
        {byVendor.map(({ vendor, own }) => (
          <article key={vendor} aria-label={`${vendorName(vendor)}, ${title}`}>
            <HeatMap
              caption={`${vendorName(vendor)}: ${title}`}
              dimensions={dimensions}
              cut={cut}
              figureOf={(bins) => scaled(sumOver(own, bins), clientsIn(own), measure)}
            />
          </article>
        ))}
      </div>
    </>
  );
}
