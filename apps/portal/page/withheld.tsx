/** What is not shown, and why: windows that are held or suppressed, and windows with hidden bins. */

import { useState } from 'preact/hooks';

import type { Result } from './api.ts';
import { endOf, inOrder, startOf } from './figures.ts';
import { hiddenBinsOf, reasonOf } from './reasons.ts';
import { vendorName, windowName } from './words.ts';

const SHOWN_AT_FIRST = 10;

export function Withheld({ results }: { results: readonly Result[] }) {
  const [showsAll, setShowsAll] = useState(false);
  const all = inOrder(results)
    .map((result) => ({ result, why: reasonOf(result) || hiddenBinsOf(result) }))
    .filter(({ why }) => why !== '')
    // Whole windows first: they are what is missing most.
    .toSorted((a, b) => rank(a.result) - rank(b.result));
  const shown = showsAll ? all : all.slice(0, SHOWN_AT_FIRST);
  return (
    <section aria-labelledby="withheld">
      <h2 id="withheld">Withheld, and why</h2>
      {all.length === 0 ? (
        <p class="empty">Nothing is withheld in this period.</p>
      ) : (
        <div class="scrolls" tabIndex={0} role="region" aria-labelledby="withheld">
          <table class="plain withheld">
            <thead>
              <tr>
                <th scope="col">Window (UTC)</th>
                <th scope="col">Vendor</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ result, why }) => (
                <tr key={result.id}>
                  <th scope="row">{windowName(startOf(result), endOf(result))}</th>
                  <td>{vendorName(result.data_provider)}</td>
                  <td>{why}</td>
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

const rank = ({ status }: Result): number => ['held', 'suppressed', 'published'].indexOf(status);
