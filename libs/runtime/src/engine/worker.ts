/**
 * The entry of a worker thread on a Node that runs TypeScript itself; see `worker-entry.ts`.
 */

import { workerData } from 'node:worker_threads';
import { answerShards } from './answer.ts';
import type { WorkerInit } from './messages.ts';
import { importProgram } from './program.ts';

await answerShards(() => importProgram((workerData as WorkerInit).programUrl));
