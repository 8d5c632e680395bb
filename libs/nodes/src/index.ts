/** The parties as nodes: roles behind stores, queues, clocks and networks. */

export type { Listener, NodeEvent } from './events.ts';
export { runBatcher, type BatcherOptions } from './ingestion/batcher.ts';
export { STORED, TRY_AGAIN, inboxPrefix, runFront, type FrontOptions } from './ingestion/front.ts';
export {
  batchBase,
  endings,
  instanceOf,
  peerOf,
  readBatchBase,
  readWindowBase,
  storeNames,
  taskPrefix,
  versionsPrefix,
  windowBase,
} from './names.ts';
export { sendUpload, type PhoneUpload, type UploadOutcome, type UploadPolicy } from './phone.ts';
export { runPortal, type PortalOptions } from './portal/service.ts';
export type { Job, ProcessorDesk, ProcessorSettings } from './processor/desk.ts';
export { createTurns, type Turns } from './processor/turns.ts';
export { runProcessor } from './processor/service.ts';
export { PEER_VERSIONS } from './processor/versions.ts';
export { pauseMs, persistent, type RetryPolicy } from './retry.ts';
export {
  PACKETS,
  READ_ATTEMPTS,
  SIGNATURE,
  STORED_ATTEMPTS,
  putDurably,
  readSigned,
  writeSigned,
} from './signed-store.ts';
