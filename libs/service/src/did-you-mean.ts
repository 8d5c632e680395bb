/** Help for whoever mistyped a word. */

/** ` (did you mean "x"?)` where an allowed word differs in one or two letters, else nothing. */
export function didYouMean(word: string, allowed: readonly string[]): string {
  const near = allowed
    .map((one) => ({ one, distance: editDistance(word.toLowerCase(), one) }))
    .filter(({ one, distance }) => distance <= Math.min(2, one.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return near[0] === undefined ? '' : ` (did you mean "${near[0].one}"?)`;
}

/** Letters to add, leave out or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
