/**
 * What a worker thread does: creates the program's runner, then answers each shard number with a
 * result. A failure is reported and the thread idles until the engine ends it.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { collectBetweenWork } from './collect-garbage.ts';
import { encodeError, type WorkerInit, type WorkerMessage } from './messages.ts';
import { createRunner, type Program } from './program.ts';

/** Serves the engine from this thread; `load` gives the program module. */
export async function answerShards(load: () => Promise<Program>): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('a worker thread only can answer shards');

  const send = (message: WorkerMessage, transferables: ArrayBuffer[] = []) =>
    port.postMessage(message, transferables);

  try {
    const runner = createRunner(await load(), (workerData as WorkerInit).init);
    const answer = async (shardIndex: number): Promise<void> => {
      try {
        const result = await runner.run(shardIndex);
        send({ kind: 'result', shardIndex, result }, runner.transferables?.(result));
        collectBetweenWork();
      } catch (error) {
        send({ kind: 'failure', shardIndex, error: encodeError(error) });
      }
    };
    // One shard at a time, in the order in which they came, whatever a runner awaits.
    let last = Promise.resolve();
    port.on('message', (shardIndex: number) => {
      last = last.then(() => answer(shardIndex));
    });
  } catch (error) {
    send({ kind: 'failure', shardIndex: undefined, error: encodeError(error) });
  }
}
