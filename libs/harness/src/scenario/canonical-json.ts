/** The one text of a JSON value: keys sorted, no white space, undefined left out. */

export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    const pair = ([key, inner]: [string, unknown]): string =>
      `${JSON.stringify(key)}:${canonicalJson(inner)}`;
    return `{${sorted.map(pair).join(',')}}`;
  }
  return JSON.stringify(value);
}
