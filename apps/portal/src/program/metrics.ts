/** Counters and gauges for operators. No label has a value that a stranger can choose. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { ScanReport } from '../scan/scan.ts';

export interface Metrics {
  text(): Promise<string>;
  answered(answer: {
    readonly route: string;
    readonly status: number;
    readonly tookMs: number;
  }): void;
  scanned(
    look: { readonly nowMs: number; readonly tookMs: number },
    report: ScanReport | undefined,
  ): void;
  listeners(count: number): void;
}

const LATENCY_BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const answers = new Counter({
    name: 'portal_answers',
    help: 'Answers by route and status',
    labelNames: ['route', 'status'],
    registers,
  });
  const latency = new Histogram({
    name: 'portal_answer_latency_ms',
    help: 'Time to an answer, streams and sending left out',
    labelNames: ['route'],
    buckets: LATENCY_BUCKETS_MS,
    registers,
  });
  const windows = new Counter({
    name: 'portal_windows',
    help: 'Windows that were published, suppressed, held, or in conflict with what is settled',
    labelNames: ['fate'],
    registers,
  });
  const waiting = new Gauge({
    name: 'portal_windows_waiting',
    help: 'Windows of which one side is missing, at the last look',
    registers,
  });
  const unreadable = new Gauge({
    name: 'portal_windows_unreadable',
    help: 'Windows with a part that can not be read, at the last look',
    registers,
  });
  const listening = new Gauge({
    name: 'portal_listeners',
    help: 'Streams of events that are open',
    registers,
  });
  // Made when there is a value: an alert on a time must not see a zero (ENPA 9.2 no. 40).
  const times = new Map<string, Gauge>();
  const setTime = (name: string, help: string, seconds: number): void => {
    const known = times.get(name) ?? new Gauge({ name, help, registers });
    times.set(name, known);
    known.set(seconds);
  };
  return {
    text: () => registry.metrics(),
    answered({ route, status, tookMs }) {
      answers.inc({ route, status });
      latency.observe({ route }, tookMs);
    },
    scanned({ nowMs, tookMs }, report) {
      const fate = report === undefined ? 'failure' : 'success';
      setTime(`portal_last_${fate}_seconds`, `Time of the last scan: ${fate}`, nowMs / 1000);
      setTime('portal_scan_seconds', 'How long the last scan took', tookMs / 1000);
      if (report === undefined) return;
      for (const [name, count] of Object.entries(report.stored)) {
        if (name !== 'same') windows.inc({ fate: name }, count);
      }
      waiting.set(report.waiting);
      unreadable.set(report.unreadable);
    },
    listeners: (count) => listening.set(count),
  };
}
