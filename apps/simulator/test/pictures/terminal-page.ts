/**
 * What a terminal shows, as a page that a browser can take a picture of: text with the codes that
 * paint it, as HTML. It knows the codes that our palette writes and refuses all others.
 */

/** Code -> class that it switches on; codes that switch something off name what. */
const ON: Readonly<Record<string, string>> = {
  1: 'strong',
  2: 'dim',
  31: 'bad',
  32: 'good',
  33: 'doubt',
};
const OFF: Readonly<Record<string, readonly string[]>> = {
  22: ['strong', 'dim'],
  39: ['bad', 'good', 'doubt'],
};

const STYLE = `
  body { margin: 0; background: #1b1f24; }
  main { display: inline-block; padding: 16px 20px 18px; color: #d5dbe1; }
  pre { margin: 0; font: 14px/1.3 'DejaVu Sans Mono', Menlo, Consolas, monospace; }
  .strong { color: #ffffff; font-weight: bold; }
  .dim { color: #8d97a3; font-weight: normal; }
  .good { color: #6cc777; }
  .bad { color: #ff7b72; }
  .doubt { color: #e3b341; }`;

/** @param text what was written to the terminal, colours included */
export function terminalPage(text: string): string {
  return (
    `<!doctype html><meta charset="utf-8"><title>terminal</title><style>${STYLE}\n</style>` +
    `<main><pre>${paintedHtml(text)}</pre></main>\n`
  );
}

/** @throws Error at a code that is not one of a style that we use */
export function paintedHtml(text: string): string {
  const [first = '', ...rest] = text.split('\u001b[');
  let on: readonly string[] = [];
  const spans = rest.map((part) => {
    const [, code, shown] = /^(\d+)m([^]*)$/.exec(part) ?? [];
    if (code === undefined) throw new Error(`no style: ${JSON.stringify(part.slice(0, 10))}`);
    const [begins, ends] = [ON[code], OFF[code]];
    if (begins === undefined && ends === undefined) throw new Error(`no style of ours: ${code}`);
    on = begins === undefined ? on.filter((name) => !ends!.includes(name)) : [...on, begins];
    if (shown === '') return '';
    return on.length === 0
      ? escaped(shown!)
      : `<span class="${on.join(' ')}">${escaped(shown!)}</span>`;
  });
  return escaped(first) + spans.join('');
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  return text.replaceAll(/[&<>]/g, (character) => entities[character]!);
}
