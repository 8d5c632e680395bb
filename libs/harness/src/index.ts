/** Scenarios, the simulated system under them, oracles and the record of a run. */

export {
  adversaries,
  adversaryIds,
  type Adversary,
  type AdversaryId,
} from './adversary/catalogue.ts';
export { compareRuns, type Arm, type CompareOptions } from './compare/compare-runs.ts';
export {
  COMPARISON_SCHEMA,
  SECTIONS,
  type ArmRecord,
  type ComparisonRow,
  type Effect,
  type FateChange,
  type Judgement,
  type RunComparison,
  type ScenarioDifference,
  type Section,
  type WorldComparison,
  type WorldPart,
} from './compare/comparison.ts';
export { poolWorlds } from './compare/pool-worlds.ts';
export { builtInMixins, type BuiltInMixin } from './composition/built-in-mixins.ts';
export { compose, fileNamesOf, isComposed, type Source } from './composition/compose.ts';
export { eventIds, events, type EventId } from './expectations/events.ts';
export { judge } from './expectations/judge.ts';
export {
  clocks,
  oracleClocks,
  oracleIds,
  plainOracleIds,
  type Clock,
  type OracleId,
  type PlainOracleId,
} from './expectations/oracles.ts';
export { DRIFT_LIMIT } from './expectations/performance.ts';
export { EXIT, exitCodeOf, overallVerdict, worstExit } from './expectations/verdict.ts';
export { explainTerm, explainableTerms } from './explain.ts';
export { faultIds, faultSections, faults, outOfReach, type FaultId } from './faults/catalogue.ts';
export { incidents } from './faults/incidents.ts';
export {
  EVERYWHERE,
  placeOf,
  requiredOutcomes,
  type Fault,
  type FaultParam,
} from './faults/fault.ts';
export type { FaultReason } from './faults/reasons.ts';
export { fidelities, type Fidelity, type FidelityRecord } from './fidelity.ts';
export { legacyIds, legacySwitches, type LegacyId } from './legacy/catalogue.ts';
export { deviceLabel } from './population/labels.ts';
export type { PopulationPlan } from './population/plan.ts';
export { PopulationError } from './population/population-settings.ts';
export { FATE_SIZE, HOPS, OUTCOMES, fateCode, fateOf, type Fate } from './record/fate.ts';
export { summaryJsonSchema } from './record/record-schema.ts';
export { LEDGER_FILE, LedgerError, createLedger, readFate } from './record/ledger.ts';
export {
  RECORD_SCHEMA,
  type AdversaryRecord,
  type CellRecord,
  type CostRecord,
  type DeploymentRecord,
  type EnvironmentRecord,
  type ExpectationOutcome,
  type IntervalRecord,
  type TimeWindow,
  type FateCount,
  type LimitRecord,
  type NoiseRecord,
  type RunRecord,
  type RunSummary,
  type StateFateCount,
  type TallyRecord,
  type Verdict,
} from './record/run-record.ts';
export { checkSummary } from './record/stored-summary.ts';
export type {
  SeriesColumn,
  SeriesRecord,
  SimulatedSeries,
  WallSeries,
} from './record/series-record.ts';
export type {
  DeployedPrograms,
  DeployedServices,
  DeploymentOptions,
  IngestorRequest,
  PortalRequest,
  ProgramName,
  ProgramRequest,
  RunningIngestor,
  RunningPortal,
  RunningProgram,
  Waiting,
} from './deployment/services.ts';
export {
  deploymentNameOf,
  deploymentNames,
  googleFormOf,
  processesOf,
  type DeploymentName,
} from './scenario/deployment-schema.ts';
export { calibrate } from './run/calibrate.ts';
export { prepareWorkers, runScenario } from './run/run.ts';
export type { FlowProgress, Progress, PublishedWindow, RunOptions } from './run/run.ts';
export { metricsOf, planGradually, planOf, seedTreeOf } from './run/settings.ts';
export { STAGES, type Stage } from './run/stages.ts';
export { cellSettings, type CellSettings } from './scenario/cell-settings.ts';
export { durationMs, durationText } from './scenario/durations.ts';
export type { Expectation } from './scenario/expectation-schema.ts';
export { faultParams } from './scenario/fault-problems.ts';
export type { Load, Override } from './scenario/load-schema.ts';
export type { FaultInstance } from './scenario/nemesis-schema.ts';
export type { Services } from './scenario/services-schema.ts';
export { scenarioJsonSchema } from './scenario/json-schema.ts';
export { digestOf, runDigest, scenarioDigest } from './scenario/digest.ts';
export { WORK_KINDS, type Work, type WorkKind } from './run/work.ts';
export { UsageError, didYouMean, type Problem } from './scenario/problems.ts';
export {
  defineMixin,
  defineScenario,
  resolveScenario,
  type ComposedInput,
  type Scenario,
  type ScenarioInput,
} from './scenario/scenario.ts';
export {
  CAPSULE_FILE,
  CAPSULE_SIZE_MAX,
  capsuleOf,
  compareToCapsule,
  decodeCapsule,
  encodeCapsule,
  type Capsule,
  type Comparison,
} from './capsule/capsule.ts';
export { describeEnvironment } from './adapter/environment.ts';
export {
  ScenarioTestError,
  scenarioTest,
  type ScenarioTestOptions,
  type TestFunction,
} from './adapter/scenario-test.ts';
export type { FaultRecord, SimulationRecord } from './record/simulation-record.ts';
export { analyseScale, isBroken } from './scale/analyse.ts';
export { orderGrid } from './scale/grid.ts';
export { comparisonJsonSchema } from './compare/comparison-schema.ts';
export { scaleJsonSchema } from './scale/scale-schema.ts';
export {
  SCALE_SCHEMA,
  type CostFit,
  type CostLine,
  type GridCell,
  type Interval,
  type Linearity,
  type MemoryFit,
  type ScaleAnalysis,
  type ScaleGrid,
  type ScalePoint,
  type ScaleRecord,
  type WorkersRecord,
} from './scale/scale-record.ts';
