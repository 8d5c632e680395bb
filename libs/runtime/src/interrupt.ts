/**
 * Ctrl-C in two steps: the first SIGINT or SIGTERM asks for an orderly stop by an AbortSignal, the
 * second one ends the process at once with exit code 130.
 */

/** A stop request that the user can make; `dispose` gives the signals back to the process. */
export interface Interrupt {
  readonly signal: AbortSignal;
  dispose(): void;
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const EXIT_CODE_INTERRUPTED = 130; // 128 + SIGINT, as shells report it.

/** Listens for SIGINT and SIGTERM until disposed; the caller must dispose it. */
export function createInterrupt(): Interrupt {
  const controller = new AbortController();
  const onStop = () => {
    if (controller.signal.aborted) process.exit(EXIT_CODE_INTERRUPTED);
    controller.abort();
  };
  for (const name of STOP_SIGNALS) process.on(name, onStop);
  return {
    signal: controller.signal,
    dispose() {
      for (const name of STOP_SIGNALS) process.off(name, onStop);
    },
  };
}
