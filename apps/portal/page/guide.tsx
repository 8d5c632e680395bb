/** How to read the figures, for those who have not met noise before. */

import type { Authority } from './api.ts';
import { number } from './words.ts';

export function Guide({ policy }: { policy: Authority['policy'] }) {
  const { minimum_clients: minimum, suppress_below: below } = policy;
  return (
    <details class="guide">
      <summary>How to read these figures</summary>
      <dl>
        <div>
          <dt>Noise and estimates</dt>
          <dd>
            Each phone flips some of its bits at random before it sends them, so that nobody can
            tell what it said. A noisy sum counts these flips too. The estimate takes the flips out
            that are expected; by how much it may still be wrong, its error bar says.
          </dd>
        </div>
        <div>
          <dt>Error bars</dt>
          <dd>
            They reach 1.96 standard errors to each side: in 95 of 100 such windows the true count
            lies within. They cover the noise, not who takes part.
          </dd>
        </div>
        <div>
          <dt>Negative estimates</dt>
          <dd>
            Where the true count is small, fewer flips than expected make an estimate negative. It
            is shown as it is: setting it to zero would make sums over several windows too large.
          </dd>
        </div>
        <div>
          <dt>Suppressed</dt>
          <dd>
            A window with fewer than {number(minimum)} contributions is suppressed.{' '}
            {below > 0
              ? `A bin below ${number(below)} is hidden, and others with it that would tell of it.`
              : 'No single bins are hidden.'}{' '}
            Sums over hidden bins are marked as incomplete: they count what is shown, and are too
            small.
          </dd>
        </div>
        <div>
          <dt>Held</dt>
          <dd>
            Two processors each sum one half of every contribution. A window is held while one sum
            is missing or the two do not fit; it may still be published.
          </dd>
        </div>
      </dl>
    </details>
  );
}
