/**
 * The entry of a worker thread on a Node that can't run `.ts` files itself: Node 20 refuses one as
 * the entry of a worker, even with a loader in `execArgv`; so this script first registers one.
 */

import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
