/**
 * Faults of the network that change what arrives: uploads with other bytes, or cut short, and
 * batches that are delivered to the other processor.
 */

import { storeNames } from '@priolab/nodes';

import { adversaries } from '../../adversary/catalogue.ts';
import { uploadName } from '../book.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { onChosen, reportOf } from './network.ts';
import { count, number } from './parameters.ts';
import { isBatchAt } from './parties-at.ts';

/** An upload arrives as other bytes; the phone learns of it, if at all, by the refusal. */
function change(
  context: FaultContext,
  allowed: readonly string[],
  changed: (bytes: Uint8Array, key: string) => Uint8Array,
): void {
  const struck = new Set<number>();
  context.network.addPolicy(
    onChosen(context, ['request'], (transmission, deliver) => {
      const report = reportOf(transmission);
      if (report === undefined) return deliver(transmission);
      const bytes = changed(transmission.bytes, transmission.key);
      context.book.alias(uploadName(bytes), report);
      const { key } = transmission;
      context.strike({ what: `${bytes.length} bytes of ${key}`, reports: [report], allowed });
      struck.add(report);
      deliver({ ...transmission, bytes });
    }),
  );
  // A phone that never heard of the refusal sends again, and that may be accepted.
  context.atEnd(() => {
    for (const report of struck) {
      const attempts = context.book.reports[report]?.outcome?.attempts ?? 0;
      if (attempts > 1) context.alsoAllow(report, ['accepted']);
    }
  });
}

const corrupt: Inject = (context) => {
  const most = count(context.item, 'bytes', 1);
  change(context, adversaries['net.corrupt'].refusedAs, (bytes, key) => {
    const other = bytes.slice();
    // Different places, so that no change takes back another.
    const first = context.draw(`place ${key}`);
    for (let k = 0; k < Math.min(most, bytes.length); k++) {
      other[(first + k) % bytes.length]! ^= 1 + (context.draw(`byte ${k} ${key}`) % 255);
    }
    return other;
  });
};

const truncate: Inject = (context) => {
  const keep = number(context.item, 'keep', 1);
  change(context, adversaries['net.truncate'].refusedAs, (bytes, key) => {
    const most = Math.max(1, Math.floor(bytes.length * keep));
    return bytes.slice(0, context.draw(`cut ${key}`) % most);
  });
};

const OTHER: Readonly<Record<string, string>> = {
  [storeNames.ingestion('leader')]: storeNames.ingestion('helper'),
  [storeNames.ingestion('helper')]: storeNames.ingestion('leader'),
};

/** Both copies of a batch go to the wrong processor: each says that it is not for it. */
const misroute: Inject = (context) => {
  const chosen = new Set<string>();
  const crossed = new Set<string>();
  context.stores.addPolicy((operation, next) => {
    const other = OTHER[operation.store];
    if (operation.kind !== 'put' || other === undefined) return next(operation);
    const base = operation.key.slice(0, operation.key.indexOf('.'));
    if (!chosen.has(base)) {
      if (!isBatchAt(context, base) || !context.chooses(base)) return next(operation);
      chosen.add(base);
      const batchIds = [base.slice(base.lastIndexOf('/') + 1)];
      context.strike({
        what: `crossed ${base}`,
        batchIds,
        allowed: ['batch-header', 'peer-missing'],
      });
    }
    // The writer looks whether its object is there, and finds the way the second time.
    const name = `${operation.store} ${operation.key}`;
    if (crossed.has(name)) return next(operation);
    crossed.add(name);
    return next({ ...operation, store: other });
  });
};

export const networkByteFaults: Readonly<Record<string, Inject>> = {
  'net.corrupt': corrupt,
  'net.truncate': truncate,
  'net.misroute': misroute,
};
