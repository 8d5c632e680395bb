/**
 * Blanks comments and literals out of TypeScript, so that rules see code only: what a comment or a
 * string says is neither a call nor a brace. Positions and line breaks stay as they are.
 *
 * No parser: a slash begins a regular expression unless something that ends a value precedes it.
 */

const COMMENT = /\/\/.*|\/\*[^]*?\*\//y;
const STRING = /'(?:\\[^]|[^'\\])*'|"(?:\\[^]|[^"\\])*"/y;
const REGEXP = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const TEMPLATE_TEXT = /(?:\\[^]|\$(?!\{)|[^\\`$])*(?:`|\$\{)/y;
const ENDS_A_VALUE = /[\w$)\]}'"`]\s*$/;
const ENDS_A_KEYWORD = /\b(?:return|typeof|case|of|in|void|throw|await|yield)\s*$/;

/** `text` with spaces for each character of a comment, string, template text or regexp. */
export function blank(text: string): string {
  let code = '';
  let index = 0;
  /** For each template that is open: how many braces are open inside its placeholder. */
  const placeholders: number[] = [];

  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = index;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return false;
    code += found.replace(/[^\n]/g, ' ');
    index += found.length;
    return true;
  };
  const skipTemplateText = () => {
    if (skip(TEMPLATE_TEXT) && text[index - 1] === '{') placeholders.push(0);
  };

  while (index < text.length) {
    const char = text[index] as string;
    if (skip(COMMENT) || skip(STRING)) continue;
    if (char === '/' && mayBeginRegexp(code) && skip(REGEXP)) continue;
    const openBraces = placeholders.at(-1);
    const endsPlaceholder = char === '}' && openBraces === 0;
    code += char === '`' || endsPlaceholder ? ' ' : char;
    index += 1;
    if (endsPlaceholder) placeholders.pop();
    if (char === '`' || endsPlaceholder) skipTemplateText();
    else if (openBraces !== undefined && (char === '{' || char === '}')) {
      placeholders[placeholders.length - 1] = openBraces + (char === '{' ? 1 : -1);
    }
  }
  return code;
}

function mayBeginRegexp(codeBefore: string): boolean {
  const tail = codeBefore.slice(-40).trimEnd();
  return !ENDS_A_VALUE.test(tail) || ENDS_A_KEYWORD.test(tail);
}
