/**
 * Two dimensions of a histogram as a table of shaded cells, summed over or cut along the others. A
 * figure that is not above its error is set back: it may well be noise.
 */

import type { Dimension } from '../breakdown.ts';
import { binsAt } from '../breakdown.ts';
import type { Figure } from '../figures.ts';
import { halfWidth } from '../figures.ts';
import { estimate, number } from '../words.ts';

const SHADES = 8;

interface Properties {
  readonly caption: string;
  /** At least two; the last is the columns, the one before it the rows. */
  readonly dimensions: readonly Dimension[];
  /** For each other dimension the place it is cut at; undefined: summed over. */
  readonly cut: readonly (number | undefined)[];
  readonly figureOf: (bins: readonly number[]) => Figure;
}

export function HeatMap({ caption, dimensions, cut, figureOf }: Properties) {
  const rows = dimensions.at(-2)!;
  const columns = dimensions.at(-1)!;
  const depth = dimensions.length;
  const figures = rows.values.map((_, row) =>
    columns.values.map((__, column) =>
      figureOf(
        binsAt(
          dimensions,
          (places) =>
            places[depth - 2] === row &&
            places[depth - 1] === column &&
            cut.every((place, axis) => place === undefined || places[axis] === place),
        ),
      ),
    ),
  );
  const most = Math.max(...figures.flat().map(({ value }) => value ?? 0), 1e-9);
  return (
    <div class="scrolls" tabIndex={0} role="region" aria-label={caption}>
      <table class="heat-map">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">
              {rows.name} × {columns.name}
            </th>
            {columns.values.map((value) => (
              <th key={value} scope="col">
                {value}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.values.map((value, row) => (
            <tr key={value}>
              <th scope="row">{value}</th>
              {columns.values.map((column, index) => (
                <Cell key={column} figure={figures[row]![index]!} most={most} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ figure, most }: { figure: Figure; most: number }) {
  const { value } = figure;
  if (value === undefined) {
    return (
      <td class="withheld" title="withheld: every value in it is too small to be shown">
        <span class="hidden">withheld</span>
      </td>
    );
  }
  // By the root: else one large cell would leave the others without a shade.
  const shade = Math.round(SHADES * Math.sqrt(Math.max(0, value) / most));
  const isNoise = value < halfWidth(figure);
  return (
    <td class={`shade-${shade}${isNoise ? ' noise' : ''}`} title={estimate(figure)}>
      {number(value)}
    </td>
  );
}
