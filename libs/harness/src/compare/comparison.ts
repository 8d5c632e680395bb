/**
 * Two runs of one world, side by side: what a comparison says. Plain data for reporters; what is
 * better is decided in this folder and nowhere else. Infinities are null, as JSON has none.
 */

export const COMPARISON_SCHEMA = 'priolab-comparison/1';

/** Of b, held against a. */
export type Judgement = 'better' | 'same' | 'worse' | 'unknown';

export const SECTIONS = ['accuracy', 'privacy', 'losses', 'detection', 'bytes', 'cpu'] as const;
export type Section = (typeof SECTIONS)[number];

/** Which of two figures is the better one. */
export type Direction = 'less is better' | 'more is better';

/** How far b is from a. */
export interface Effect {
  /** `ratio`: b over a; `difference`: b less a, in the row's unit. */
  readonly kind: 'ratio' | 'difference';
  readonly value: number | null;
  /** Left out where the figures are exact and nothing about them is chance. */
  readonly interval?: {
    /** null: no limit that way. */
    readonly low: number | null;
    readonly high: number | null;
    /** `confidence`: at CONFIDENCE; `range`: smallest and largest of what was seen. */
    readonly by: 'confidence' | 'range';
  };
}

export interface ComparisonRow {
  /** `accuracy.rms`, `cpu.stage.seal`. */
  readonly id: string;
  readonly section: Section;
  readonly what: string;
  /** Of a, b and of a difference; empty for texts. */
  readonly unit: string;
  readonly a: number | string | null;
  readonly b: number | string | null;
  readonly effect?: Effect;
  /** Left out where figures alone say nothing. */
  readonly direction?: Direction;
  readonly judgement: Judgement;
  /** One line: what the judgement rests on. */
  readonly why: string;
  /** There where several worlds were pooled: in how many b's figure is which. */
  readonly worlds?: WorldTally;
}

/** Worlds, by b's figure held against a's, however small the difference. */
export interface WorldTally {
  readonly better: number;
  readonly same: number;
  readonly worse: number;
  readonly unknown: number;
}

/** One side of a comparison. */
export interface ArmRecord {
  /** What to call it: a file, a folder, the settings in which it differs. */
  readonly name: string;
  readonly id: string;
  readonly seed: string;
  readonly scenarioDigest: string;
  readonly resultDigest: string;
  readonly backend: string;
  readonly commit: string;
  /** What the run left out of the protocol, if anything. */
  readonly notDone?: string;
  readonly verdict: string;
  /** How often its time was taken; all else is the same each time. */
  readonly runs: number;
}

/** One part of the world: equal inputs, drawn by name from equal seeds, give equal draws. */
export interface WorldPart {
  readonly name: 'devices' | 'values' | 'network' | 'faults';
  readonly same: boolean;
  /** Of what decides it, the seed included: the first 8 hex digits, a's and b's. */
  readonly a: string;
  readonly b: string;
}

/** How far the two ran in one world. */
export interface WorldComparison {
  readonly parts: readonly WorldPart[];
  /** Windows in which both counted as many honest reports; of these, those with equal true sums. */
  readonly windows: number;
  readonly equalTruths: number;
  /** Why nothing that depends on the world can be compared; left out where it can. */
  readonly otherWorld?: string;
}

/** Where the two scenarios differ, with what each says there, as JSON. */
export interface ScenarioDifference {
  readonly path: string;
  readonly a: string;
  readonly b: string;
}

/** Planned reports that ended in one way. */
export interface FateChange {
  readonly outcome: string;
  readonly hop: string;
  readonly reason: string;
  readonly a: number;
  readonly b: number;
}

export interface RunComparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  readonly a: ArmRecord;
  readonly b: ArmRecord;
  readonly world: WorldComparison;
  readonly differences: readonly ScenarioDifference[];
  /** Whether the results are the same byte for byte. */
  readonly identical: boolean;
  readonly rows: readonly ComparisonRow[];
  /** Every fate that either has, and whether they are the same. */
  readonly fates: readonly FateChange[];
  /** There where several worlds were pooled: figures are then medians over them, fates sums. */
  readonly worlds?: readonly {
    readonly seed: string;
    readonly overall: Judgement | 'mixed';
  }[];
  /** `mixed`: b is better in something and worse in something else. */
  readonly overall: Judgement | 'mixed';
  /** One sentence: what `overall` rests on. */
  readonly why: string;
}
