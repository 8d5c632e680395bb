/**
 * One at a time, in the order of asking: who has the turn gives it up, or the next one waits until
 * its patience ends.
 */

export interface Turns {
  /** Resolves with what gives the turn up; with undefined when `timeoutMs` are over before. */
  take(timeoutMs: number): Promise<(() => void) | undefined>;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let isTaken = false;

  const giveUp = (): void => {
    const next = waiting.shift();
    if (next === undefined) isTaken = false;
    else next();
  };

  return {
    take(timeoutMs) {
      if (!isTaken) {
        isTaken = true;
        return Promise.resolve(giveUp);
      }
      return new Promise((resolve) => {
        const start = (): void => {
          clearTimeout(timer);
          resolve(giveUp);
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(start), 1);
          resolve(undefined);
        }, timeoutMs);
        waiting.push(start);
      });
    },
  };
}
