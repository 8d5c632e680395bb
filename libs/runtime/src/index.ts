/**
 * The machine under the simulation: time, order of events, threads, resources and interrupts. It
 * knows no Prio: nothing here can tell a report from any other work.
 */

export {
  createVirtualClock,
  monotonicMs,
  wallClock,
  type Clock,
  type VirtualClock,
} from './clock.ts';
export { isAddressRange } from './address-range.ts';
export { createScheduler, type Scheduler, type SimulatedScheduler } from './scheduler.ts';
export { collectBetweenWork } from './engine/collect-garbage.ts';
export { createEngine } from './engine/create.ts';
export {
  EngineError,
  type CreateShardRunner,
  type Engine,
  type EngineErrorCode,
  type EngineReport,
  type ShardJob,
  type ShardRunner,
} from './engine/engine.ts';
export {
  cpuTimeMs,
  peakRssBytes,
  rssBytes,
  watchMemory,
  type MemoryPeak,
  type MemoryWatch,
  type PeakSource,
} from './resources.ts';
export { readSecretFile, writeSecretFile } from './secret-file.ts';
export { createInterrupt, type Interrupt } from './interrupt.ts';
export { createTaskQueue, type Delivery, type TaskQueue } from './simulation/task-queue.ts';
export { createConnections, type Connections } from './simulation/connections.ts';
export { createMachine, type Host, type Machine } from './simulation/host.ts';
export {
  createNetwork,
  type Network,
  type NetworkPolicy,
  type Transmission,
} from './simulation/network.ts';
export { createOutside, type Outside } from './simulation/outside.ts';
export {
  createRemoteStores,
  type RemoteStores,
  type StoreAnswer,
  type StoreOperation,
  type StorePolicy,
} from './simulation/remote-store.ts';
export { createTimeline, type DrivenTimeline, type Timeline } from './simulation/timeline.ts';
export { createMemoryStore, type MemoryStore, type StoredObject } from './stores/memory-store.ts';
export type { ObjectStat, ObjectStore } from './stores/object-store.ts';
export { TransportError, type TransportErrorCode } from './transport-error.ts';
