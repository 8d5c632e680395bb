/** The size of what is shown, in one line of figures. */

import type { Result } from './api.ts';
import { clientsIn, endOf, startOf } from './figures.ts';
import { longDay, number } from './words.ts';

export function Summary({ results }: { results: readonly Result[] }) {
  const count = (status: string): number =>
    results.filter((result) => result.status === status).length;
  // Of what is held the parameters may not be known.
  const known = results.flatMap(({ epsilon }) => epsilon ?? []);
  const epsilons = [...new Set(known)].toSorted((a, b) => a - b);
  const flips = epsilons.map((epsilon) => `${percent(1 / (1 + Math.exp(epsilon)))} %`);
  const from = Math.min(...results.map(startOf));
  const to = Math.max(...results.map(endOf));
  const days = [longDay(from), longDay(to - 1)].filter((day, i, all) => all.indexOf(day) === i);
  return (
    <dl class="summary">
      <Item name="Period" value={days.join(' to ')} />
      <Item name="Contributions" value={number(clientsIn(results))} />
      <Item name="Windows published" value={number(count('published'))} />
      <Item name="Suppressed" value={number(count('suppressed'))} />
      <Item name="Held" value={number(count('held'))} />
      <Item
        name="Epsilon"
        value={epsilons.join(', ')}
        note={`${flips.join(', ')} of bits flipped`}
      />
    </dl>
  );
}

const percent = (share: number): string => Number((100 * share).toPrecision(2)).toString();

function Item({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {note !== undefined && <small> {note}</small>}
      </dd>
    </div>
  );
}
