/**
 * What is looked at: place, metric, vendor and period. They stand in the page's address, so that a
 * view can be kept as a bookmark; the key does not, and an address opens nothing that the key does
 * not.
 */

import type { Authority, Dataset, Locality } from './api.ts';

export interface Choices {
  readonly place: Locality | undefined;
  readonly dataset: string;
  /** A vendor, or `both`. */
  readonly vendor: string;
  /** Days of UTC; empty: no limit. */
  readonly from: string;
  readonly to: string;
}

export const BOTH = 'both';
/** What is shown first, where there is any of it. */
const FIRST = 'notification';

/** `US-WA`; `MN` where a whole country is one place. */
export const placeId = ({ country_code, state_code }: Locality): string =>
  [country_code, state_code].filter(Boolean).join('-').toUpperCase();

/** Metrics by their generic name: vendors may have names of their own for one. */
export function datasetIds({ datasets }: Authority): string[] {
  return [...new Set(datasets.map(({ generic_id }) => generic_id))];
}

export function vendorsOf({ datasets }: Authority, dataset: string): string[] {
  const own = datasets.filter(({ generic_id }) => generic_id === dataset);
  return [...new Set(own.flatMap(({ providers }) => providers))].toSorted();
}

export function datasetOf(
  { datasets }: Authority,
  id: string,
  vendor: string,
): Dataset | undefined {
  return datasets.find(({ generic_id, providers }) => {
    return generic_id === id && providers.includes(vendor);
  });
}

/** The choices of an address as far as the authority may make them, and what it may not. */
export function readChoices(search: string, authority: Authority) {
  const query = new URLSearchParams(search);
  const asked = query.get('place')?.toUpperCase();
  const { localities } = authority;
  const place = localities.find((one) => placeId(one) === asked) ?? localities[0];
  const refused = asked !== undefined && (place === undefined || placeId(place) !== asked);
  const ids = datasetIds(authority);
  const wanted = [query.get('dataset'), FIRST, ids[0]];
  const dataset = wanted.find((id) => id != null && ids.includes(id)) ?? '';
  const vendors = vendorsOf(authority, dataset);
  const choices: Choices = {
    place,
    dataset,
    vendor: vendors.find((one) => one === query.get('vendor')) ?? BOTH,
    from: dayIn(query.get('from')),
    to: dayIn(query.get('to')),
  };
  return { choices, isPlaceRefused: refused };
}

export function writeChoices({ place, dataset, vendor, from, to }: Choices): string {
  const query = new URLSearchParams();
  if (place !== undefined) query.set('place', placeId(place));
  if (dataset !== '') query.set('dataset', dataset);
  if (vendor !== BOTH) query.set('vendor', vendor);
  if (from !== '') query.set('from', from);
  if (to !== '') query.set('to', to);
  return `?${query.toString()}`;
}

function dayIn(text: string | null): string {
  return text !== null && /^\d{4}-\d\d-\d\d$/.test(text) ? text : '';
}
