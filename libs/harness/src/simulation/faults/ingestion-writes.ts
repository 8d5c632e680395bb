/**
 * Ingestion servers that write what they should not, or not in time: headers, signatures, parts of
 * batches, late ones, and what names a phone. Decorators on the vendor's signer and store policies.
 */

import { createBackend, toHex } from '@priolab/crypto';
import { PACKETS, SIGNATURE, endings, readBatchBase } from '@priolab/nodes';
import { CERTIFICATE_AT, CREDENTIAL_SIZE, DEVICE_KEY_AT, createObjectSigner } from '@priolab/roles';
import type { Header, ObjectSigner, SignedObject } from '@priolab/roles';
import type { StoreOperation } from '@priolab/runtime';

import { isSourceAt } from '../../faults/places.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { drawScalar } from '../parties.ts';
import { byHealing } from './acting.ts';
import { duration, word } from './parameters.ts';
import { dueMsOf, isBatchAt } from './parties-at.ts';

/** A vendor's signer whose batches, where the fault chooses them, are sealed otherwise. */
function onSealed(
  context: FaultContext,
  allowed: readonly string[],
  act: (inner: ObjectSigner, header: Header, packets: Uint8Array) => SignedObject | undefined,
): void {
  context.hooks.signer.push((inner, { owner }) => {
    if (!owner.startsWith('vendor/')) return inner;
    return {
      keyId: inner.keyId,
      seal(header, packets) {
        const batchId = String(header['batchId']);
        const of = { state: String(header['state']), vendor: String(header['vendor']) };
        const isHere = isSourceAt(context.item.place, of);
        if (!isHere || !context.chooses(batchId)) return inner.seal(header, packets);
        const object = act(inner, header, packets);
        if (object === undefined) return inner.seal(header, packets);
        const what = `batch ${batchId} for the ${String(header['role'])}`;
        context.strike({ what, batchIds: [batchId], allowed });
        return object;
      },
    };
  });
}

const headerTamper: Inject = (context) => {
  const field = word(context.item, 'field', 'epsilon');
  const changed = (header: Header): Header => {
    if (field === 'epsilon') return { ...header, epsilon: Number(header['epsilon']) + 0.2 };
    if (field === 'bins') return { ...header, bins: Number(header['bins']) + 1 };
    if (field === 'prime') return { ...header, prime: 4_293_918_719 };
    // The next window's time, well formed: only the batch's name says otherwise.
    const nextMs = Number(header['windowStartMs']) + Number(header['windowMs']);
    return { ...header, windowStartMs: nextMs };
  };
  const isDigest = field === 'digest';
  onSealed(context, [isDigest ? 'batch-digest' : 'batch-header'], (inner, header, packets) => {
    if (!isDigest) return inner.seal(changed(header), packets);
    const other = packets.slice();
    other[0]! ^= 1;
    return { ...inner.seal(header, other), packets };
  });
};

const badSignature: Inject = (context) => {
  const how = word(context.item, 'how', 'wrong-key');
  const signer = (keyId: string): ObjectSigner =>
    createObjectSigner({
      backend: createBackend('node'),
      keyId,
      scalar: drawScalar(context.randomness.child('another-key'), 0),
      randomness: context.randomness.child('another-nonce'),
    });
  onSealed(context, ['batch-signature'], (inner, header, packets) => {
    const good = inner.seal(header, packets);
    switch (how) {
      case 'missing':
        return { ...good, signature: new Uint8Array(0) };
      case 'old-key':
        return signer(`${inner.keyId}/retired`).seal(header, packets);
      case 'other-file':
        return { ...good, signature: inner.seal({ ...header, count: -1 }, packets).signature };
      default:
        return signer(inner.keyId).seal(header, packets);
    }
  });
};

/**
 * Tells processors who sent a report or when. They refuse a header that says more than it should;
 * what stands in the store is found by the oracle `leak.scan`.
 */
const metadataLeak: Inject = (context) => {
  const what = word(context.item, 'what', 'address');
  onSealed(context, ['batch-header'], (inner, header, packets) => {
    const reports = [...(context.book.batches.get(String(header['batchId']))?.reports ?? [])];
    const said = reports.map((one) => {
      const { createdMs, deviceKey } = context.book.reports[one]!;
      if (what === 'time') return String(createdMs);
      return deviceKey === undefined ? '' : toHex(deviceKey);
    });
    return inner.seal({ ...header, [what]: said }, packets);
  });
};

/** The batch, of those at the fault's place, that an operation writes a part of. */
function writtenBatch(
  context: FaultContext,
  operation: StoreOperation,
): { base: string; part: string } | undefined {
  const { kind, store, client, key } = operation;
  const isBatch = store.startsWith('ingestion-') && client.startsWith('ingestion/');
  const at = key.lastIndexOf(endings.batch);
  if (!isBatch || at === -1 || (kind !== 'put' && kind !== 'stat')) return undefined;
  if (!isBatchAt(context, key)) return undefined;
  return { base: key.slice(0, at), part: key.slice(at + endings.batch.length) };
}

function batchIdOf(base: string): string {
  return readBatchBase(base)?.batchId ?? '';
}

/** What is whole before its window is fixed is as if it always had been. */
function fatesByRepair(context: FaultContext, base: string, wholeMs: number): string[] {
  const left = dueMsOf(context, base) - wholeMs;
  if (left > 2 * context.settings.scanEveryMs) return ['accepted'];
  const refused = ['batch-incomplete', 'batch-digest', 'peer-missing', 'batch-unmatched'];
  return ['accepted', ...refused, 'batch-late'];
}

/** A batch's part is not there, or torn, and comes in full a while later. */
const partialWrite: Inject = (context) => {
  const missing = word(context.item, 'missing', 'reports');
  const repairMs = duration(context.item, 'repair', '1h');
  const part = missing === 'signature' ? SIGNATURE : PACKETS;
  const torn = new Set<string>();
  context.stores.addPolicy(async (operation, next) => {
    const found = writtenBatch(context, operation);
    if (found?.part !== part) return next(operation);
    const { store, key, bytes } = operation;
    const name = `${store} ${key}`;
    if (operation.kind === 'stat') {
      return torn.has(name) ? { size: 0, writtenMs: context.timeline.nowMs() } : next(operation);
    }
    if (torn.has(name) || !context.chooses(name)) return next(operation);
    torn.add(name);
    const wholeMs = byHealing(context, context.timeline.nowMs() + repairMs);
    const allowed = fatesByRepair(context, found.base, wholeMs);
    const batchIds = [batchIdOf(found.base)];
    context.strike({ what: `${missing} of ${name} missing`, batchIds, allowed });
    context.timeline.at(wholeMs, () => {
      torn.delete(name);
      context.stores.inside(store).putNow(key, bytes!, true);
    });
    if (missing !== 'tail') return true;
    return next({ ...operation, bytes: bytes!.subarray(0, bytes!.length >> 1) });
  });
};

/** What may become of a batch that comes at this time; it must be found, and be agreed on. */
function fatesOfLate(context: FaultContext, base: string, comesMs: number): string[] {
  const { scanEveryMs } = context.settings;
  const dueMs = dueMsOf(context, base);
  if (comesMs + 6 * scanEveryMs < dueMs) return ['accepted'];
  // It may come between the two processors' looks: one has it, the other not any more.
  const late = ['batch-late', 'peer-missing'];
  return comesMs < dueMs + 2 * scanEveryMs ? ['accepted', ...late] : late;
}

/** All parts of a batch arrive late at both processors: its writer thinks that they are there. */
const lateBatch: Inject = (context) => {
  const byMs = duration(context.item, 'by', '1d');
  const late = new Set<string>();
  /** Of batches that come in time. */
  const windows = new Set<string>();
  const windowOf = (base: string): string => base.slice(0, base.lastIndexOf('/'));
  context.stores.addPolicy(async (operation, next) => {
    const found = writtenBatch(context, operation);
    if (found === undefined) return next(operation);
    const { base } = found;
    const comesMs = byHealing(context, context.timeline.nowMs() + byMs);
    if (operation.kind === 'stat') {
      return late.has(base) ? { size: 0, writtenMs: context.timeline.nowMs() } : next(operation);
    }
    if (!late.has(base)) {
      if (!context.chooses(base)) {
        windows.add(windowOf(base));
        return next(operation);
      }
      late.add(base);
      const batchIds = [batchIdOf(base)];
      const allowed = fatesOfLate(context, base, comesMs);
      context.strike({ what: `batch ${base} late`, batchIds, allowed });
    }
    context.timeline.at(comesMs, () => {
      context.stores.inside(operation.store).putNow(operation.key, operation.bytes!);
    });
    return true;
  });
  // A window of which nothing came in time is not summed before the first of it comes.
  context.atEnd(() => {
    for (const base of late) {
      if (windows.has(windowOf(base))) continue;
      const reports = context.book.batches.get(batchIdOf(base))?.reports ?? [];
      for (const report of reports) context.alsoAllow(report, ['accepted']);
    }
  });
  context.stayUntil(context.endMs + byMs);
};

/** A batch signed for one state is put under another state's name. */
const mixStates: Inject = (context) => {
  const states = [...new Set([...context.parties.tasks.values()].map(({ state }) => state))];
  context.stores.addPolicy(async (operation, next) => {
    const found = writtenBatch(context, operation);
    if (found === undefined || operation.kind !== 'put' || !context.chooses(found.base)) {
      return next(operation);
    }
    const own = states.find((state) => operation.key.startsWith(`${state}-`))!;
    const other = states[(states.indexOf(own) + 1) % states.length]!;
    const key = other + operation.key.slice(own.length);
    // Under the foreign name too: its own place must not suffer.
    if (found.part === SIGNATURE) {
      const batchIds = [batchIdOf(found.base)];
      context.strike({ what: `batch ${found.base} also as ${key}`, batchIds });
    }
    await next({ ...operation, key });
    return next(operation);
  });
};

/** Uploads with a certificate of no authority, or another phone's credential, come in. */
const noAttest: Inject = (context) => {
  const how = word(context.item, 'how', 'unattested');
  const recorded = new Map<string, Uint8Array>();
  context.hooks.phones.uploads.push((report, { vendor }) => {
    const { number, bytes, day, createdMs } = report;
    const credential = bytes.slice(DEVICE_KEY_AT, DEVICE_KEY_AT + CREDENTIAL_SIZE);
    // Certificates are for a day: an older one would be refused for that.
    const known = `${vendor} ${day}`;
    const foreign = recorded.get(known);
    if (!context.chooses(`report ${number}`, createdMs)) {
      recorded.set(known, credential);
      return [report];
    }
    const planted = bytes.slice();
    const isReplay = how === 'replayed-attestation' && foreign !== undefined;
    if (isReplay) planted.set(foreign, DEVICE_KEY_AT);
    else planted[CERTIFICATE_AT + 5]! ^= 0x55;
    context.book.forged(number, 'form');
    context.strike({
      what: `report ${number} ${how}`,
      reports: [number],
      allowed: [isReplay ? 'bad-signature' : 'bad-certificate'],
    });
    return [{ ...report, bytes: planted }];
  });
};

export const writeFaults: Readonly<Record<string, Inject>> = {
  'ing.header_tamper': headerTamper,
  'ing.sig_bad': badSignature,
  'ing.metadata_leak': metadataLeak,
  'ing.partial_write': partialWrite,
  'ing.late_batch': lateBatch,
  'ing.mix_states': mixStates,
  'ing.no_attest': noAttest,
};
