/**
 * From a whole upload to an answer: uploads that come at about the same time are checked and stored
 * together, and each is answered once it is on the disk. What waits is bounded: a server that is
 * too slow says so at once, instead of holding phones and memory.
 */

import { toHex } from '@priolab/crypto';
import { DAY_MS } from '@priolab/roles';
import { TransportError, monotonicMs } from '@priolab/runtime';
import type { Clock } from '@priolab/runtime';

import type { Attester, Verdict } from './attest.ts';
import { createFailureCounts, createKeyCounts } from './counts.ts';
import type { IngestorLimits } from './limits.ts';
import type { IngestorState, ReportRow, StoreFate } from './state.ts';
import { refuse } from './upload-fate.ts';
import type { Candidate, UploadAnswer } from './upload-fate.ts';

export interface Intake {
  /** Never rejects but for a bug. */
  receive(candidate: Candidate, remote: string): Promise<UploadAnswer>;
  /** Uploads that have no answer yet. */
  readonly waitingCount: number;
  /** Resolves when all that was received is answered; what comes later is told to try again. */
  close(): Promise<void>;
}

export interface IntakeOptions {
  readonly clock: Clock;
  readonly limits: IngestorLimits;
  readonly attester: Attester;
  readonly state: IngestorState;
  /** How many groups may be on their way to the disk at once. */
  readonly commitsMax: number;
  /** A group was stored, or could not be. */
  readonly grouped: (group: { count: number; tookMs: number; error?: TransportError }) => void;
}

interface Waiting {
  readonly candidate: Candidate;
  readonly remote: string;
  readonly answer: (answer: UploadAnswer) => void;
  readonly fail: (error: unknown) => void;
}

/** Attested, and within its allowance. */
interface Accepted {
  readonly one: Waiting;
  readonly row: ReportRow;
}

export function createIntake(options: IntakeOptions): Intake {
  const { limits, commitsMax } = options;
  const { groupMax, groupWaitMs, waitingMax } = limits;
  const failures = createFailureCounts(limits.failuresPerRemoteMax);
  const admit = createAdmission(options, failures.add);
  const tryAgain = tryAgainAfter(limits);
  let waiting: Waiting[] = [];
  let unanswered = 0;
  let commits = 0;
  let timer: NodeJS.Timeout | undefined;
  let closing: { readonly done: () => void } | undefined;

  /** Begins all groups that may begin now. */
  const advance = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0 && commits < commitsMax) {
      const group = waiting.length <= groupMax ? waiting : waiting.slice(0, groupMax);
      waiting = group === waiting ? [] : waiting.slice(groupMax);
      commits += 1;
      void handle(group).finally(() => {
        commits -= 1;
        unanswered -= group.length;
        if (closing !== undefined && unanswered === 0) closing.done();
        // A state in this process answers at once: others come in between two groups.
        setImmediate(goOn);
      });
    }
  };

  const goOn = (): void => {
    // A group that is not full still waits for its timer.
    if (timer === undefined || waiting.length >= groupMax) advance();
  };

  const handle = async (group: readonly Waiting[]): Promise<void> => {
    const startMs = monotonicMs();
    try {
      const accepted = admit(group);
      if (accepted.length === 0) return;
      await storeAll(options, accepted);
      options.grouped({ count: accepted.length, tookMs: monotonicMs() - startMs });
    } catch (error) {
      if (!(error instanceof TransportError)) return group.forEach(({ fail }) => fail(error));
      options.grouped({ count: group.length, tookMs: monotonicMs() - startMs, error });
      // Who has an answer already keeps it.
      for (const { answer } of group) answer(tryAgain('the store can not be reached'));
    }
  };

  return {
    receive(candidate, remote) {
      if (closing !== undefined) return Promise.resolve(tryAgain('this server is stopping'));
      if (unanswered >= waitingMax) return Promise.resolve(tryAgain('too many uploads wait'));
      if (failures.isOver(remote)) {
        const detail = 'too many uploads from this address were not attested';
        return Promise.resolve(refuse('rate-limited', detail, seconds(limits.retryAfterMs)));
      }
      unanswered += 1;
      return new Promise((answer, fail) => {
        waiting.push({ candidate, remote, answer, fail });
        // Others may be on their way: checked together they cost less, stored together much less.
        if (waiting.length >= groupMax) advance();
        else timer ??= setTimeout(advance, groupWaitMs);
      });
    },
    get waitingCount() {
      return unanswered;
    },
    close() {
      return new Promise((done) => {
        closing = { done };
        if (unanswered === 0) done();
        else advance();
      });
    },
  };
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

export function tryAgainAfter({ retryAfterMs }: Pick<IngestorLimits, 'retryAfterMs'>) {
  const retryAfterS = seconds(retryAfterMs);
  return (detail: string): UploadAnswer => ({ kind: 'try-again', detail, retryAfterS });
}

/** Attestation and allowances; answers those who don't pass. */
function createAdmission(
  { clock, limits, attester }: IntakeOptions,
  failed: (remote: string) => void,
): (group: readonly Waiting[]) => Accepted[] {
  const uploadsOf = createKeyCounts(limits.countedKeysMax);
  let countedDay = -1;

  const isTooMany = (sender: Uint8Array, nowMs: number): boolean => {
    const today = Math.floor(nowMs / DAY_MS);
    if (today !== countedDay) uploadsOf.clear();
    countedDay = today;
    return uploadsOf.add(sender) > limits.uploadsPerKeyMax;
  };

  const judge = (one: Waiting, verdict: Verdict, nowMs: number): Accepted[] => {
    if (verdict.kind === 'refused') {
      failed(one.remote);
      one.answer(verdict);
      return [];
    }
    // Counted after the check: nobody can use up what belongs to another's key.
    if (isTooMany(verdict.sender, nowMs)) {
      const detail = `expected up to ${limits.uploadsPerKeyMax} uploads of a key and day, got more`;
      one.answer(refuse('rate-limited', detail, seconds(DAY_MS - (nowMs % DAY_MS))));
      return [];
    }
    return [{ one, row: rowOf(one.candidate, verdict.sender) }];
  };

  return (group) => {
    const nowMs = clock.nowMs();
    const verdicts = attester.check(
      group.map(({ candidate }) => candidate),
      nowMs,
    );
    return group.flatMap((one, i) => judge(one, verdicts[i]!, nowMs));
  };
}

function rowOf({ task, day, windowStartMs, ...parts }: Candidate, sender: Uint8Array): ReportRow {
  const { reportId, digest, leader, helper } = parts;
  const sealed = new Uint8Array(leader.length + helper.length);
  sealed.set(leader);
  sealed.set(helper, leader.length);
  return { task: toHex(task.id), day, sender, reportId, digest, windowStartMs, sealed };
}

const REFUSALS: Readonly<Record<Exclude<StoreFate, 'stored' | 'stored-before'>, string>> = {
  replayed: 'expected one report of a device for a task and day, got another',
  'duplicate-report-id': 'expected a report id that is not taken, got one that is',
};

async function storeAll({ state }: IntakeOptions, accepted: readonly Accepted[]): Promise<void> {
  const fates = await state.store(accepted.map(({ row }) => row));
  accepted.forEach(({ one }, i) => {
    const fate = fates[i]!;
    if (fate === 'stored' || fate === 'stored-before') one.answer({ kind: fate });
    else one.answer(refuse(fate, REFUSALS[fate]));
  });
}
