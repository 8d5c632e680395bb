/** The entry of a worker thread; see `worker-entry.ts`. */

import { workerData } from 'node:worker_threads';
import { answerShards } from './answer.ts';
import type { WorkerInit } from './messages.ts';
import { importProgram } from './program.ts';

process.setSourceMapsEnabled(true);
await answerShards(() => importProgram((workerData as WorkerInit).programUrl));
