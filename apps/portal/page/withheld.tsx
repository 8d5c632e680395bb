/** What is not shown, and why: windows that are held or suppressed, or have hidden bins. */

import { useState } from 'preact/hooks';

import type { Authority, Result } from './api.ts';
import { endOf, inOrder, startOf } from './figures.ts';
import { hiddenBinsOf, reasonOf } from './reasons.ts';
import { longDay, number, plural, vendorName, windowName } from './words.ts';

const SHOWN_AT_FIRST = 10;

interface Properties {
  readonly results: readonly Result[];
  readonly policy: Authority['policy'];
}

export function Withheld({ results, policy }: Properties) {
  const [showsAll, setShowsAll] = useState(false);
  const all = stretchesOf(results);
  const shown = showsAll ? all : all.slice(0, SHOWN_AT_FIRST);
  return (
    <section aria-labelledby="withheld">
      <h2 id="withheld">Withheld, and why</h2>
      <p class="unit">
        A window needs at least {plural(policy.minimum_clients, 'contribution')}.{' '}
        {policy.suppress_below > 0
          ? `Bins below ${number(policy.suppress_below)} are hidden.`
          : 'No single bins are hidden.'}
      </p>
      {all.length === 0 ? (
        <p class="empty">Nothing is withheld in this period.</p>
      ) : (
        <div class="scrolls" tabIndex={0} role="region" aria-labelledby="withheld">
          <table class="plain withheld">
            <thead>
              <tr>
                <th scope="col">Windows (UTC)</th>
                <th scope="col">Vendor</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((stretch) => (
                <tr key={`${stretch.vendor} ${stretch.fromMs}`}>
                  <th scope="row">{nameOf(stretch)}</th>
                  <td>{vendorName(stretch.vendor)}</td>
                  <td>{stretch.why}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < all.length && (
        <button type="button" onClick={() => setShowsAll(true)}>
          Show all {all.length}
        </button>
      )}
    </section>
  );
}

/** Windows of a vendor, one after the other, that are withheld for the same reason. */
interface Stretch {
  readonly vendor: string;
  readonly why: string;
  readonly rank: number;
  readonly fromMs: number;
  toMs: number;
  count: number;
}

/** Whole windows first: they are what is missing most. */
function stretchesOf(results: readonly Result[]): Stretch[] {
  const stretches: Stretch[] = [];
  const last = new Map<string, Stretch>();
  for (const result of inOrder(results)) {
    const why = reasonOf(result) || hiddenBinsOf(result);
    const vendor = result.data_provider;
    const before = last.get(vendor);
    if (before?.why === why && before.toMs === startOf(result)) {
      before.toMs = endOf(result);
      before.count += 1;
      continue;
    }
    const [fromMs, toMs] = [startOf(result), endOf(result)];
    const rank = ['held', 'suppressed', 'published'].indexOf(result.status);
    const stretch = { vendor, why, rank, fromMs, toMs, count: 1 };
    last.set(vendor, stretch);
    if (why !== '') stretches.push(stretch);
  }
  return stretches.toSorted((a, b) => a.rank - b.rank || a.fromMs - b.fromMs);
}

function nameOf({ fromMs, toMs, count }: Stretch): string {
  if (count === 1) return windowName(fromMs, toMs);
  return `${longDay(fromMs)} to ${longDay(toMs - 1)}, ${count} windows`;
}
