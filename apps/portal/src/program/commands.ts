/** The commands. Each returns the lines to print; what comes from elsewhere is printed harmless. */

import { UsageError } from '@priolab/service';
import type { CommandInput } from '@priolab/service';

import type { Assets } from '../api/page.ts';
import { readConfig } from '../config.ts';
import { windowKey } from '../result/result.ts';
import type { PortalService } from '../service.ts';
import { openState } from './open.ts';
import { serve } from './serve.ts';

type Lines = Promise<readonly string[]>;

export function serving(assets: () => Promise<Assets>) {
  return async (input: CommandInput): Lines => {
    const config = readConfig(input.options['config']!);
    await serve(config, { ...input, assets: await assets() });
    return [];
  };
}

export async function keys(input: CommandInput): Lines {
  const [verb] = input.positionals as [string];
  return withState(input, async (portal) => {
    switch (verb) {
      case 'add':
        return addKey(portal, input);
      case 'list':
        return listKeys(portal);
      case 'revoke':
        return revokeKey(portal, input);
      default:
        throw new UsageError(`VERB: got ${printable(verb)}, allowed: add, list, revoke`);
    }
  });
}

async function addKey(portal: PortalService, { options }: CommandInput): Lines {
  const authority = needed(options, 'authority');
  const localities = needed(options, 'localities').split(',');
  const { expires } = options;
  const expiresMs = expires === undefined ? undefined : dayEndMs(expires);
  const more = expiresMs === undefined ? {} : { expiresMs };
  const { id, key } = await portal.addKey({ authority, localities, ...more });
  return [`key ${id}, shown now and never again:`, key];
}

async function listKeys(portal: PortalService): Lines {
  const list = await portal.listKeys();
  const lines = list.map(({ keyId, authority, localities, expiresMs, revokedMs }) => {
    const end =
      revokedMs !== undefined
        ? `revoked ${iso(revokedMs)}`
        : expiresMs !== undefined
          ? `until ${iso(expiresMs)}`
          : 'without end';
    return `${keyId}  ${authority}  ${localities.join(',')}  ${end}`;
  });
  return lines.length === 0 ? ['no keys'] : lines;
}

async function revokeKey(portal: PortalService, { options }: CommandInput): Lines {
  const id = needed(options, 'id');
  if (await portal.revokeKey(id)) return [`${printable(id)}: revoked`];
  throw new UsageError(`--id: got an unknown one, allowed: what keys list shows`);
}

export async function audit(input: CommandInput): Lines {
  const limit = limitOf(input);
  return withState(input, async (portal) => {
    const rows = await portal.audit.read(limit);
    return rows.toReversed().map((row) => {
      const { timeMs, action, outcome, keyId = '-', authority = '-', remote = '', what } = row;
      const who = `${keyId} ${authority} ${remote === '' ? '-' : remote}`;
      const text = `${iso(timeMs)}  ${action} ${outcome}  ${who}  ${JSON.stringify(what)}`;
      return printable(row.action === 'read' ? `${text}  ${row.records} results` : text);
    });
  });
}

export async function results(input: CommandInput): Lines {
  const limit = limitOf(input);
  return withState(input, async (portal) => {
    const list = await portal.listResults(limit);
    const lines = list.toReversed().map((result) => {
      const { status, reason, detail, suppressedBins, source } = result;
      const hidden = suppressedBins.length === 0 ? '' : ` (${suppressedBins.length} bins hidden)`;
      const why = [reason, detail].filter(Boolean).join(': ');
      const from = source === 'run' ? ' of a run' : '';
      return printable(`${status}${from}  ${windowKey(result)}  ${why}${hidden}`.trimEnd());
    });
    return lines.length === 0 ? ['no results'] : lines;
  });
}

async function withState(
  input: CommandInput,
  work: (portal: PortalService) => Promise<readonly string[]>,
): Lines {
  const portal = await openState(readConfig(input.options['config']!), input);
  try {
    return await work(portal);
  } finally {
    await portal.close();
  }
}

function needed(options: CommandInput['options'], name: string): string {
  const value = options[name];
  if (value !== undefined && value !== '') return value;
  throw new UsageError(`keys: got no --${name}, allowed: a value for it; see --help`);
}

const LIMIT_MAX = 1_000_000;

function limitOf({ options }: CommandInput): number {
  const text = options['limit'] ?? '100';
  const limit = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new UsageError(`--limit: got ${printable(text)}, allowed: 1 to ${LIMIT_MAX}`);
}

/** A key is good until the end of the day. */
function dayEndMs(text: string): number {
  const timeMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const isThat = !Number.isNaN(timeMs) && iso(timeMs).startsWith(text);
  if (isThat) return timeMs + 86_400_000;
  throw new UsageError(`--expires: got ${printable(text)}, allowed: a day such as 2022-12-31`);
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A terminal obeys control characters, whoever wrote them. */
function printable(text: string): string {
  return text.slice(0, 2000).replace(CONTROL, '?');
}
