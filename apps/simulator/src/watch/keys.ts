/** Keys of a terminal, one by one; nothing where standard input is none. */

export interface Handlers {
  /** `q`, or the end of the input. */
  readonly onQuit: () => void;
  /** Enter. */
  readonly onAgain: () => void;
  /** Ctrl-C, which a terminal that gives single keys does not turn into a signal. */
  readonly onInterrupt: () => void;
}

export interface Keys {
  readonly areThere: boolean;
  /** Gives the terminal back as it was. */
  dispose(): void;
}

type Input = Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>;

export function listenForKeys(input: Input, handlers: Handlers): Keys {
  if (input.isTTY !== true) return { areThere: false, dispose() {} };
  const actions: Readonly<Record<string, () => void>> = {
    q: handlers.onQuit,
    Q: handlers.onQuit,
    '\u0004': handlers.onQuit,
    '\r': handlers.onAgain,
    '\n': handlers.onAgain,
    '\u0003': handlers.onInterrupt,
  };
  const onData = (chunk: Buffer | string): void => {
    for (const key of chunk.toString()) if (Object.hasOwn(actions, key)) actions[key]!();
  };
  input.setRawMode(true);
  input.on('data', onData);
  input.resume();
  return {
    areThere: true,
    dispose() {
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
    },
  };
}
