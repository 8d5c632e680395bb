/**
 * The entry of a worker thread: loads the program, then answers each shard number with a result.
 * A failure is reported and the thread idles until the engine ends it.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { collectGarbage } from './collect-garbage.ts';
import { encodeError, type WorkerInit, type WorkerMessage } from './messages.ts';
import { loadRunner } from './program.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');

const send = (message: WorkerMessage, transferables: ArrayBuffer[] = []) =>
  port.postMessage(message, transferables);

const { programUrl, init } = workerData as WorkerInit;
try {
  const runner = await loadRunner(programUrl, init);
  port.on('message', (shardIndex: number) => {
    try {
      const result = runner.run(shardIndex);
      send({ kind: 'result', shardIndex, result }, runner.transferables?.(result));
      collectGarbage();
    } catch (error) {
      send({ kind: 'failure', shardIndex, error: encodeError(error) });
    }
  });
} catch (error) {
  send({ kind: 'failure', shardIndex: undefined, error: encodeError(error) });
}
