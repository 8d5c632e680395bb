/**
 * The four commands, files in and files out. Like the 2021 facilitator, `aggregate` computes its
 * own evaluation anew from the ingestion batch: nothing secret is kept on disk between two
 * commands.
 */

import {
  KeyPair,
  createServiceBackend,
  encodePublicKey,
  fillScalars,
  seedBranchFrom,
  toHex,
} from '@priolab/crypto';
import { createPrio2 } from '@priolab/prio';
import { combine as combineShares, createProcessor, reasonOf } from '@priolab/roles';
import type { ProcessorRole } from '@priolab/roles';

import { UsageError } from './checks.ts';
import {
  readBatch,
  readKey,
  readSum,
  readVerifierShares,
  reportIdAt,
  writeKey,
  writeSum,
  writeVerifierShares,
} from './documents.ts';
import type { RejectedReport } from './documents.ts';

/** The work was refused, by a rule of the protocol: exit code 1. Nothing was written. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code = 'refused';
}

export type OptionName = 'role' | 'key' | 'batch' | 'peer' | 'out' | 'leader' | 'helper';
/** A command reads those of its own list only. */
export type Options = Readonly<Record<OptionName, string>>;

/** Each command returns the lines to print. */
export function keygen({ out }: Options): string[] {
  const entropy = crypto.getRandomValues(new Uint8Array(32));
  const scalar = new Uint8Array(32);
  const packed = { bytes: scalar, offset: 0, stride: 32 };
  fillScalars(seedBranchFrom(entropy, 'keygen'), new Uint32Array(1), 1, packed);
  const keyPair = new KeyPair(scalar);
  writeKey(out, keyPair);
  return [`public key: ${encodePublicKey(keyPair.publicKey)}`];
}

export function verify(options: Options): string[] {
  const { role, batch, message } = evaluate(options);
  writeVerifierShares(options.out, role, message);
  return [`batch ${toHex(batch.batchId)}: ${outcome(message.status, 'evaluated')}`];
}

export function aggregate(options: Options): string[] {
  const role = roleOf(options);
  const peer = readVerifierShares(options.peer);
  const peerRole = role === 'leader' ? 'helper' : 'leader';
  if (peer.role !== peerRole) {
    throw new UsageError(`${options.peer}: role: got ${peer.role}, allowed: ${peerRole}`);
  }
  const { batch, processor } = evaluate(options);
  const verdicts = processor.verifyNext(peer.block).slice();
  processor.aggregate();
  const [share] = processor.takeAggregateShares();
  const rejected: RejectedReport[] = [];
  verdicts.forEach((code, i) => {
    const reportId = reportIdAt(batch.reportIds, i);
    if (code !== 0) rejected.push({ reportId, reason: reasonOf(code) });
  });
  writeSum(options.out, role, share!, rejected);
  return [`batch ${toHex(batch.batchId)}: ${outcome(verdicts, 'summed')}`];
}

export function combine(options: Options): string[] {
  const read = (role: ProcessorRole) => {
    const sum = readSum(options[role]);
    if (sum.role === role) return sum.share;
    throw new UsageError(`${options[role]}: role: got ${sum.role}, allowed: ${role}`);
  };
  const { results, held } = combineShares([read('leader')], [read('helper')]);
  const time = (timeMs: number) => new Date(timeMs).toISOString();
  const [result] = results;
  if (result === undefined) {
    const pairs = held.map(({ reason, taskId, windowStartMs, detail }) => {
      const what = `task ${taskId}, window from ${time(windowStartMs)}`;
      return `held: ${reason} (${what})${detail === '' ? '' : `: ${detail}`}`;
    });
    throw new Refusal(pairs.join('\n'));
  }
  const { task, windowStartMs, totals, count, rejectedCount } = result;
  return [
    `metric ${task.metric.id}, ${task.state}, ${task.vendor}, from ${time(windowStartMs)}`,
    `reports: ${count} summed, ${rejectedCount} refused`,
    `totals: ${totals.join(' ')}`,
  ];
}

function roleOf({ role }: Options): ProcessorRole {
  if (role === 'leader' || role === 'helper') return role;
  throw new UsageError(`--role: got ${role}, allowed: leader, helper`);
}

/** Opens and evaluates a batch. */
function evaluate(files: Options) {
  const role = roleOf(files);
  const keyPair = readKey(files.key);
  const batch = readBatch(files.batch, role);
  const backend = createServiceBackend('node');
  const privateKey = backend.privateKey(keyPair.scalar);
  const prio2 = createPrio2(batch.task.metric.bins);
  const capacity = batch.count;
  const processor = createProcessor({ role, backend, privateKey, prio2, capacity });
  const message = processor.verifyInit(batch);
  const unopened = message.status.every((code) => reasonOf(code) === 'decrypt-failed');
  if (unopened) {
    throw new Refusal(
      `${files.batch}: none of ${batch.count} reports could be opened; ` +
        `is ${files.key} the key of the ${role}?`,
    );
  }
  return { role, batch, processor, message };
}

/** For example `9 reports summed, 1 refused (decrypt-failed 1)`. */
function outcome(status: Uint8Array, deed: string): string {
  const counts = new Map<string, number>();
  for (const code of status) counts.set(reasonOf(code), (counts.get(reasonOf(code)) ?? 0) + 1);
  const accepted = counts.get('none') ?? 0;
  counts.delete('none');
  const reasons = [...counts].map(([reason, count]) => `${reason} ${count}`).join(', ');
  const refused = reasons === '' ? '' : `, ${status.length - accepted} refused (${reasons})`;
  return `${accepted} reports ${deed}${refused}`;
}
