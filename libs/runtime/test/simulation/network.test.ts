/** Requests and responses in simulated time, and what policies do to them. */

import { describe, expect, test } from 'vitest';

import { TransportError, createNetwork, createTimeline } from '../../src/index.ts';
import type { NetworkPolicy } from '../../src/index.ts';

function echoing() {
  const timeline = createTimeline(0);
  const network = createNetwork({ timeline, latencyMs: ({ leg }) => (leg === 'request' ? 5 : 7) });
  const heard: string[] = [];
  network.listen('server', (bytes, from) => {
    heard.push(`${timeline.nowMs()} ${from} ${Buffer.from(bytes).toString()}`);
    return Promise.resolve(Uint8Array.from([...bytes].reverse()));
  });
  const ask = (text: string, to = 'server') =>
    network
      .call({ from: 'phone', to, key: text, bytes: Buffer.from(text), timeoutMs: 100 })
      .then((bytes) => `${timeline.nowMs()} ${Buffer.from(bytes).toString()}`)
      .catch((error: unknown) => `${timeline.nowMs()} ${(error as TransportError).code}`);
  return { timeline, network, heard, ask };
}

async function outcome(policy: NetworkPolicy | undefined) {
  const { timeline, network, heard, ask } = echoing();
  if (policy !== undefined) network.addPolicy(policy);
  const answer = ask('abc');
  await timeline.driveUntil(1000);
  return { answer: await answer, heard };
}

describe('network', () => {
  test('a request takes its latency, its response too', async () => {
    expect(await outcome(undefined)).toEqual({ answer: '12 cba', heard: ['5 phone abc'] });
  });

  test('a lost request and a lost response look the same to the caller', async () => {
    const lose =
      (lost: 'request' | 'response'): NetworkPolicy =>
      (transmission, deliver) => {
        if (transmission.leg !== lost) deliver(transmission);
      };
    expect(await outcome(lose('request'))).toEqual({ answer: '100 timeout', heard: [] });
    const response = await outcome(lose('response'));
    expect(response).toEqual({ answer: '100 timeout', heard: ['5 phone abc'] });
  });

  test('delivered twice it is handled twice, and answered once', async () => {
    const { answer, heard } = await outcome((transmission, deliver) => {
      deliver(transmission);
      if (transmission.leg === 'request') deliver(transmission);
    });
    expect(answer).toBe('12 cba');
    expect(heard).toHaveLength(2);
  });

  test('changed on the way', async () => {
    const { heard } = await outcome((transmission, deliver) =>
      deliver({ ...transmission, bytes: Buffer.from('xyz') }),
    );
    expect(heard).toEqual(['5 phone xyz']);
  });

  test('nobody at the other end: a time-out, retryable and not definite', async () => {
    const { timeline, network } = echoing();
    const call = network.call({
      from: 'phone',
      to: 'nobody',
      key: 'k',
      bytes: new Uint8Array(1),
      timeoutMs: 50,
    });
    const caught = call.catch((error: unknown) => error);
    await timeline.driveUntil(100);
    expect(await caught).toMatchObject({ code: 'timeout', retryable: true, definite: false });
  });

  test('what is injected is handled, and nobody waits for it', async () => {
    const { timeline, network, heard } = echoing();
    const bytes = Buffer.from('old');
    network.inject({ leg: 'request', from: 'thief', to: 'server', key: 'k', bytes });
    await timeline.driveUntil(100);
    expect(heard).toEqual(['5 thief old']);
  });
});
