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
  const terms = explainTerm(whole) === undefined ? positionals : [whole];
  const unknown = terms.filter((term) => explainTerm(term) === undefined);
  if (unknown.length > 0) {
    const all = explainableTerms().flatMap(({ terms: some }) => some);
    const problems = unknown.map((term) => {
      const message = `nothing is called "${term}"${didYouMean(term, all)}; see priolab explain`;
      return { path: '', message };
    });
    throw new UsageError('priolab explain', problems);
  }
  for (const term of terms) console.log(`${term}\n  ${explainTerm(term)}`);
  return Promise.resolve(EXIT.pass);
}
