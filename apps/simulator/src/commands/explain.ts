/** `priolab explain`: what a term means. */

import { EXIT, UsageError, didYouMean, explainTerm, explainableTerms } from '@priolab/harness';

import { parse } from '../arguments.ts';

export function explain(args: readonly string[]): Promise<number> {
  const { positionals } = parse('explain', args, {});
  if (positionals.length === 0) {
    for (const { group, terms } of explainableTerms()) {
      console.log(`${group}\n  ${terms.join(', ')}\n`);
    }
    return Promise.resolve(EXIT.pass);
  }
  // Some terms have spaces in them: `priolab explain open and evaluate`.
  const whole = positionals.join(' ');
  for (const term of explainTerm(whole) === undefined ? positionals : [whole]) {
    const text = explainTerm(term);
    if (text === undefined) {
      const all = explainableTerms().flatMap(({ terms }) => terms);
      const message = `nothing is called "${term}"${didYouMean(term, all)}; see priolab explain`;
      throw new UsageError('priolab explain', [{ path: '', message }]);
    }
    console.log(`${term}\n  ${text}`);
  }
  return Promise.resolve(EXIT.pass);
}
