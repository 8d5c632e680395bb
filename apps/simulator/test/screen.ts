/**
 * A terminal's screen, as far as our output uses one: text that wraps after the last column, line
 * feeds, moves up, erasing, the cursor's visibility. Anything else is an error, so that nothing is
 * written that is not understood here. It has no last row: nothing scrolls away.
 */

/** CSI sequences, other control characters, and text. */
const TOKENS = /\p{Cc}\[([?\d;]*)([A-Za-z])|(\p{Cc})|([^\p{Cc}]+)/gu;

export interface Screen {
  write(text: string): void;
  /** Rows down to the last one that is not empty, without spaces at their ends. */
  rows(): string[];
  /** A narrower or wider window: rows that are too long are broken, as most terminals do. */
  resize(columns: number): void;
  readonly cursorIsVisible: boolean;
  readonly styleIsOn: boolean;
}

export function createScreen(initialColumns: number): Screen {
  let columns = initialColumns;
  let grid: string[][] = [[]];
  let [row, column] = [0, 0];
  let cursorIsVisible = true;
  let styleIsOn = false;

  const newRow = (): void => {
    row += 1;
    grid[row] ??= [];
  };
  const put = (text: string): void => {
    for (const character of text) {
      if (column === columns) {
        newRow();
        column = 0;
      }
      const line = grid[row]!;
      while (line.length < column) line.push(' ');
      line[column] = character;
      column += 1;
    }
  };
  const obey = (parameters: string, command: string): void => {
    const isCursor = parameters === '?25';
    if (command === 'm') styleIsOn = !/^(?:0|22|39)?$/.test(parameters);
    else if (command === 'A') row = Math.max(0, row - Number(parameters || 1));
    else if (command === 'K' && parameters === '') grid[row]!.length = column;
    else if (command === 'J' && parameters === '') {
      grid[row]!.length = Math.min(grid[row]!.length, column);
      grid.length = row + 1;
    } else if (isCursor && command === 'l') cursorIsVisible = false;
    else if (isCursor && command === 'h') cursorIsVisible = true;
    else throw new Error(`not understood: CSI ${parameters}${command}`);
  };
  const control = (character: string): void => {
    if (character === '\r') column = 0;
    else if (character === '\n') {
      newRow();
      column = 0; // As the line discipline of a terminal does.
    } else throw new Error(`not understood: ${JSON.stringify(character)}`);
  };

  return {
    write(text) {
      for (const [, parameters, command, other, plain] of text.matchAll(TOKENS)) {
        if (command !== undefined) obey(parameters!, command);
        else if (other !== undefined) control(other);
        else put(plain!);
      }
    },
    rows() {
      const texts = grid.map((line) =>
        Array.from(line, (one) => one ?? ' ')
          .join('')
          .trimEnd(),
      );
      return texts.slice(0, texts.findLastIndex((text) => text !== '') + 1);
    },
    resize(other) {
      const broken: string[][] = [];
      let [cursorRow, cursorColumn] = [0, 0];
      grid.forEach((line, i) => {
        const parts = Math.max(1, Math.ceil(line.length / other));
        if (i === row) {
          const part = Math.min(parts - 1, Math.floor(column / other));
          cursorRow = broken.length + part;
          cursorColumn = column - part * other;
        }
        for (let k = 0; k < parts; k++) broken.push(line.slice(k * other, (k + 1) * other));
      });
      [grid, row, column, columns] = [broken, cursorRow, cursorColumn, other];
    },
    get cursorIsVisible() {
      return cursorIsVisible;
    },
    get styleIsOn() {
      return styleIsOn;
    },
  };
}
