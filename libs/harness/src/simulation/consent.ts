/**
 * The oracle's eyes on who sends in simulated time: every attempt of a phone, as it goes out, is
 * held against the oracle's own view of authorities and consent (`run/consent-view.ts`). It changes
 * nothing. What attackers copy and send again is not a phone's, and not looked at.
 */

import { DAY_MS, reasonCode } from '@priolab/roles';
import type { Network } from '@priolab/runtime';

import { consentRecord } from '../run/consent-record.ts';
import { createConsentView, emptyConsentTally, lookAtSending } from '../run/consent-view.ts';
import type { ConsentView, Phone } from '../run/consent-view.ts';
import type { CellRecord, ConsentRecord } from '../record/run-record.ts';
import type { ReportEntry } from './book.ts';
import { reportOf } from './faults/network.ts';
import type { Simulation } from './simulate.ts';
import type { Stage } from './stage.ts';

export interface ConsentWatch {
  /** A phone no longer tries to send a report. */
  stopped(report: number): void;
  record(cells: readonly CellRecord[]): ConsentRecord;
}

const WRONG_TASK = reasonCode('wrong-task');
/** How phones name what they send themselves (`phones.ts`): the report, and which attempt it is. */
const OWN_ATTEMPT = /^report-\d+\/\d+$/;

/**
 * Undefined where the scenario says nothing of who may send. To be called after all other policies
 * are put on the network: it looks at what phones send, before anything becomes of that.
 */
export function watchConsent(simulation: Simulation, stage: Stage): ConsentWatch | undefined {
  const { scenario, plan, seedTree } = simulation;
  const view = createConsentView(scenario, seedTree);
  if (view === undefined) return undefined;
  const { deployment, timeline, strikes, book, startMs } = stage;
  const tally = emptyConsentTally();
  watchAttempts(deployment.network, (report) => {
    lookAtSending(view, tally, phoneOf(book.reports[report]!), timeline.nowMs() - startMs);
  });
  let stopped = 0;
  return {
    stopped(report) {
      stopped += 1;
      if (mayNot(view, phoneOf(book.reports[report]!), timeline.nowMs() - startMs)) {
        // What it sent before may have been stored, heard or not.
        strikes.excuse(report, ['accepted', 'not-sent']);
      }
    },
    record(cells) {
      const all = { ...tally, examples: [...tally.examples] };
      for (let i = 0; i < plan.shardCount; i++) {
        all.withdrawnPhoneDays += view.countWithdrawn(plan.shard(i));
      }
      for (const entry of book.reports.filter(isUnsent)) {
        // Made and never sent is too much already; whose clock a fault moved made it at no time.
        if (strikes.allowedFor(entry.number, [], '').items.length > 0) continue;
        const timeMs = entry.createdMs - startMs;
        if (mayNot(view, phoneOf(entry), timeMs)) lookAtSending(view, all, phoneOf(entry), timeMs);
      }
      const refused = book.reports.filter(({ refusedAs }) => refusedAs === WRONG_TASK);
      const sending = { stopped, refusedAsWrongTask: refused.length };
      return consentRecord(scenario, { view, tally: all, cells, sending });
    },
  };
}

const isUnsent = ({ outcome }: ReportEntry): boolean => outcome?.attempts === 0;

const phoneOf = ({ task: { state, vendor }, device }: ReportEntry): Phone => ({
  state,
  vendor,
  device,
});

/** A phone that stops though nobody told it to is wrong. */
function mayNot(view: ConsentView, phone: Phone, timeMs: number): boolean {
  const day = Math.floor(timeMs / DAY_MS);
  return !view.isEnabled(phone.state, day) || !view.hasConsent(phone, timeMs);
}

function watchAttempts(network: Network, look: (report: number) => void): void {
  network.addPolicy((transmission, deliver) => {
    const { leg, key } = transmission;
    const report = reportOf(transmission);
    if (leg === 'request' && report !== undefined && OWN_ATTEMPT.test(key)) look(report);
    deliver(transmission);
  });
}
