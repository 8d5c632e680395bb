/** One at a time: tasks of one machine that must not come between each other's reads and writes. */

export type Turns = <T>(task: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task, task);
    // Whoever comes next waits for the end, good or bad; the error is for who asked.
    last = mine.catch(() => {});
    return mine;
  };
}
