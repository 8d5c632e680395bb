/** A vendor's ingestor, for the program and for runs in one process. */

export { UsageError } from '@priolab/service';
export { createBucketSink } from './service/bucket-sink.ts';
export type { BucketSinkOptions } from './service/bucket-sink.ts';
export type { BatchSink } from './service/cut.ts';
export { projectOf } from './service/firestore.ts';
export { DEFAULT_LIMITS } from './service/limits.ts';
export type { IngestorLimits } from './service/limits.ts';
export { createIngestorService } from './service/service.ts';
export type {
  IngestorObserver,
  IngestorOptions,
  IngestorService,
  UploadForm,
} from './service/service.ts';
