/**
 * Finds functions and how long they are, by counting braces in blanked code.
 *
 * A brace opens a function where `=>`, a `function` head or a method's `name(...)` precedes it. A
 * head whose return type ends in an object type is not recognised: its function is not measured.
 */

/** A function's first line (from 1) and how many lines it has, head and closing brace included. */
export interface FunctionLength {
  readonly line: number;
  readonly lineCount: number;
  /** Named `create...`: it stands for a class, and holds the functions that are its methods. */
  readonly isFactory: boolean;
}

const METHOD_HEAD = /^(?:(?:async|get|set|static|override|private|protected)\s+)*[\w$#]+\s*[(<]/;
const NO_METHOD = /^(?:if|for|while|switch|catch|else|do|return|case|const|class|interface|type)\b/;
const HOLDS_TESTS = /^\s*(?:test|it)\b.*\(/m;

/** All functions in `code`, which must be blanked (see `blank`); groups of tests left out. */
export function functionLengths(code: string): FunctionLength[] {
  const lengths: FunctionLength[] = [];
  /** Where the function of each open brace begins; undefined for other braces. */
  const open: (number | undefined)[] = [];
  for (let index = 0; index < code.length; index++) {
    if (code[index] === '{') open.push(functionStart(code, index));
    if (code[index] !== '}') continue;
    const start = open.pop();
    if (start === undefined || HOLDS_TESTS.test(code.slice(start, index))) continue;
    const lineCount = lineOf(code, index) - lineOf(code, start) + 1;
    const isFactory = /\bfunction create[A-Z]/.test(code.slice(start, index).split('\n', 1)[0]!);
    lengths.push({ line: lineOf(code, start), lineCount, isFactory });
  }
  return lengths;
}

/** Where the function begins whose body `braceIndex` opens; undefined where it opens none. */
function functionStart(code: string, braceIndex: number): number | undefined {
  const headIndex = headStart(code, braceIndex);
  const head = code.slice(headIndex, braceIndex).trim();
  const isArrow = head.endsWith('=>');
  const isMethod = METHOD_HEAD.test(head) && !NO_METHOD.test(head);
  if (!isArrow && !isMethod && !/\bfunction\b/.test(head)) return undefined;
  return braceIndex - code.slice(headIndex, braceIndex).trimStart().length;
}

/** Walks back from a brace to where its statement, property or argument begins. */
function headStart(code: string, braceIndex: number): number {
  let depth = 0;
  for (let index = braceIndex - 1; index >= 0; index--) {
    const char = code[index] as string;
    if (depth === 0 && ';}{(['.includes(char)) return index + 1;
    // A comma inside a line belongs to type parameters, `<I, R>`.
    if (depth === 0 && char === ',' && code[index + 1] === '\n') return index + 1;
    if (')]}'.includes(char)) depth += 1;
    if ('([{'.includes(char)) depth -= 1;
  }
  return 0;
}

function lineOf(code: string, index: number): number {
  return code.slice(0, index).split('\n').length;
}
