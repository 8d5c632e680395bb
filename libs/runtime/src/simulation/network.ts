/**
 * Requests and responses between named ends in simulated time. A request is one transmission, its
 * response another; policies decide what becomes of each. Without policies both arrive, after the
 * latency. A caller that gets no response in time gets a `TransportError`, and can't know whether
 * the request was handled.
 */

import { TransportError } from '../transport-error.ts';
import type { Timeline } from './timeline.ts';

/** One message on its way, one way. */
export interface Transmission {
  readonly leg: 'request' | 'response';
  /** Ends, by name; a response goes back, but is listed under the same two. */
  readonly from: string;
  readonly to: string;
  /** Names the request among all requests of the run: what a policy draws randomness by. */
  readonly key: string;
  readonly bytes: Uint8Array;
}

/**
 * Decides about a transmission: calling `deliver` once lets it pass, twice doubles it, never loses
 * it; after a sleep it is late; with other bytes or another end it is changed.
 */
export type NetworkPolicy = (
  transmission: Transmission,
  deliver: (transmission: Transmission) => void,
) => void;

/** Answers requests; undefined: nobody is there, and the caller waits in vain. */
export type RequestHandler = (bytes: Uint8Array, from: string) => Promise<Uint8Array> | undefined;

export interface Network {
  /** Who answers at `end`. */
  listen(end: string, handler: RequestHandler): void;
  /**
   * Sends a request and waits for its response.
   * @throws TransportError `timeout`, retryable, not definite
   */
  call(request: {
    readonly from: string;
    readonly to: string;
    readonly key: string;
    readonly bytes: Uint8Array;
    readonly timeoutMs: number;
  }): Promise<Uint8Array>;
  /** Sends a request for which nobody waits: what an attacker recorded. */
  inject(transmission: Transmission): void;
  /** The last policy added sees a transmission first. */
  addPolicy(policy: NetworkPolicy): void;
}

export function createNetwork(options: {
  readonly timeline: Timeline;
  /** Milliseconds that a transmission takes; a function of the transmission alone. */
  readonly latencyMs: (transmission: Transmission) => number;
}): Network {
  const { timeline, latencyMs } = options;
  const handlers = new Map<string, RequestHandler>();
  const policies: NetworkPolicy[] = [];

  const transmit = (first: Transmission, arrive: (arrived: Transmission) => void): void => {
    const pass = (index: number, transmission: Transmission): void => {
      const policy = policies[index];
      if (policy === undefined) {
        timeline.after(latencyMs(transmission), () => arrive(transmission));
      } else policy(transmission, (next) => pass(index - 1, next));
    };
    pass(policies.length - 1, first);
  };

  const request = (first: Transmission, onResponse: (bytes: Uint8Array) => void): void => {
    transmit(first, (arrived) => {
      const answer = handlers.get(arrived.to)?.(arrived.bytes, arrived.from);
      // A handler that crashed never answers; one that throws is a machine that does not answer.
      answer?.then(
        (bytes) =>
          transmit({ ...arrived, leg: 'response', bytes }, (back) => onResponse(back.bytes)),
        () => {},
      );
    });
  };

  return {
    listen: (end, handler) => void handlers.set(end, handler),
    addPolicy: (policy) => void policies.push(policy),
    inject: (transmission) => request(transmission, () => {}),
    call({ timeoutMs, ...message }) {
      return new Promise((resolve, reject) => {
        const { from, to } = message;
        const timer = timeline.after(timeoutMs, () => {
          const text = `${from} -> ${to}: expected a response within ${timeoutMs} ms, got none`;
          reject(new TransportError('timeout', text, { retryable: true, definite: false }));
        });
        request({ leg: 'request', ...message }, (bytes) => {
          timeline.cancel(timer);
          resolve(bytes);
        });
      });
    },
  };
}
