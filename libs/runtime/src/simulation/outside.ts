/**
 * Work that is really done outside of a simulation, such as a request over a socket: it takes real
 * time and no simulated time, so time is held meanwhile. What follows from it happens in the order
 * in which the work was begun, one after the other, whichever the machine finished first: so runs
 * are equal although their real timing is not.
 */

import type { DrivenTimeline } from './timeline.ts';

export interface Outside {
  /**
   * Begins work. When it is done the result is called, once, with what follows from it; that runs
   * in its turn.
   */
  begin(): (follow: () => void) => void;
}

interface Turn {
  follow: (() => void) | undefined;
  readonly release: () => void;
}

export function createOutside(timeline: Pick<DrivenTimeline, 'hold' | 'fail'>): Outside {
  const turns: Turn[] = [];
  let isTaking = false;

  const take = async (): Promise<void> => {
    if (isTaking) return;
    isTaking = true;
    for (let next = turns[0]; next?.follow !== undefined; next = turns[0]) {
      turns.shift();
      next.follow();
      // Whatever can go on does, as between two events: what begins because of this, begins now.
      await new Promise((resolve) => setImmediate(resolve));
      next.release();
    }
    isTaking = false;
  };

  return {
    begin() {
      const turn: Turn = { follow: undefined, release: timeline.hold() };
      turns.push(turn);
      return (follow) => {
        turn.follow ??= follow;
        take().catch((error: unknown) => timeline.fail(error));
      };
    },
  };
}
