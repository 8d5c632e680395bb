/** Room for connections: first come, first served, and nobody may hold one for nothing. */

import { describe, expect, test } from 'vitest';

import { createConnections, createNetwork, createTimeline } from '../src/index.ts';

const server = 'server';

function setUp(connectionsMax: number, idleMsMax: number) {
  const timeline = createTimeline(0);
  const network = createNetwork({ timeline, latencyMs: () => 1 });
  const connections = createConnections({ timeline, connectionsMax, idleMsMax });
  network.addPolicy((transmission, deliver) => connections.policy(transmission, deliver));
  const handledAtMs: number[] = [];
  network.listen(server, async (bytes) => {
    handledAtMs.push(timeline.nowMs());
    await timeline.sleep(10);
    return bytes;
  });
  const call = (key: string): Promise<Uint8Array> =>
    network.call({ from: 'a', to: server, key, bytes: Uint8Array.of(1), timeoutMs: 10_000 });
  return { timeline, connections, call, handledAtMs };
}

describe('connections', () => {
  test('as many at once as there is room for, the others in their order', async () => {
    const { timeline, call, connections, handledAtMs } = setUp(2, 1000);
    const answers = ['a', 'b', 'c', 'd', 'e'].map((key) => call(key));
    expect(connections.isFull).toBe(true);
    await timeline.driveUntil(1000);
    expect(await Promise.all(answers)).toHaveLength(5);
    expect(handledAtMs).toEqual([1, 1, 12, 12, 23]);
    expect(connections.isFull).toBe(false);
    expect(connections.longestWaitMs).toBe(22);
  });

  test('one that says nothing is closed, and whoever waits gets through', async () => {
    const { timeline, call, connections } = setUp(2, 100);
    let closed = 0;
    for (let i = 0; i < 5; i++) connections.hold(() => (closed += 1));
    const answer = call('late');
    await timeline.driveUntil(1000);
    expect(await answer).toEqual(Uint8Array.of(1));
    expect(closed).toBe(5);
    expect(connections.longestWaitMs).toBe(200);
  });

  test('without that nobody ever does', async () => {
    const { timeline, call, connections } = setUp(2, 1e9);
    for (let i = 0; i < 2; i++) connections.hold(() => {});
    const answer = expect(call('never')).rejects.toThrow('expected a response');
    await timeline.driveUntil(20_000);
    await answer;
  });
});
