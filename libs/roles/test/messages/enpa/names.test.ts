/** Object keys, windows, markers, tasks and buckets: published rows, and what is none of them. */

import { readVector, vectorsDir } from '@priolab/vectors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EnpaError,
  aggregateMarker,
  aggregationIds,
  aggregationWindow,
  batchPath,
  decodeAggregationTask,
  decodeIntakeTask,
  encodeAggregationTask,
  encodeIntakeTask,
  formatMinute,
  fromWireTime,
  hourPrefixes,
  ingestionEndings,
  intakeMarker,
  intakeWindow,
  isWithin,
  parseBucketUrl,
  parseMinute,
  readBatchPath,
  readSumPartPath,
  sortBatches,
  sumPartPath,
  toWireTime,
  validationEndings,
  windowAt,
} from '../../../src/messages/enpa/index.ts';
import type { BucketDialect } from '../../../src/messages/enpa/index.ts';

type Json = Record<string, unknown>;

interface Rows {
  batch_paths: {
    ingestion: {
      aggregation: string;
      batch_id: string;
      unix_seconds: number;
      base: string;
      multi_object: string[];
      single_object: string[];
    };
    validation_suffixes: Record<string, string[]>;
    sample: { template: string };
  };
  within_interval: { begin: string; end: string; paths: [string, boolean][] };
  hour_prefixes: { begin: string; end: string; prefixes: string[] }[];
  intake_scheduling: {
    now: string;
    max_age_h: number;
    intake_bucket: string[];
    expected_task: Json;
    marker_object: string;
  };
  aggregation_scheduling: {
    now: string;
    aggregation_period_h: number;
    grace_h: number;
    window: [string, string];
    intake_bucket: string[];
    peer_validation_bucket: string[];
    expected_task: Json;
    marker: string;
  };
  bucket_urls: { ok: string[]; error: string[]; gs_with_identity: string };
  aggregation_ids_from_top_level_prefixes: { prefixes: string[]; result: string[] };
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const TRACE = '61616161-6161-6161-6161-616161616161';
const UUID = 'b8a5579a-f984-460a-a42d-2813cbf57771';
const at = (text: string): number => parseMinute(text)!;
const refused = (code: string) => expect.objectContaining({ code }) as EnpaError;

describe.skipIf(vectorsDir === undefined)('published rows', () => {
  const rows =
    vectorsDir === undefined ? ({} as Rows) : readVector<Rows>('enpa/paths_time_tasks.json');

  test('batch paths', () => {
    const { ingestion, validation_suffixes: suffixes, sample } = rows.batch_paths;
    const { aggregation, batch_id: batchUuid, unix_seconds: seconds } = ingestion;
    const base = batchPath({ aggregation, time: seconds * 1000, batchUuid });
    expect(base).toBe(ingestion.base);
    const { header, packets, signature } = ingestionEndings;
    expect([header, packets, signature]).toEqual(ingestion.multi_object.map((end) => `.${end}`));
    expect([signature]).toEqual(ingestion.single_object.map((end) => `.${end}`));
    for (const [server, name] of [
      [0, 'first(pha)'],
      [1, 'second(facilitator)'],
    ] as const) {
      const ends = validationEndings(server);
      const theirs = suffixes[name]!.map((end) => `.${end}`);
      expect([ends.header, ends.packets, ends.signature]).toEqual(theirs);
    }
    const key = sample.template.replace('{uuid}', UUID);
    expect(readBatchPath(key)).toEqual({
      aggregation: 'fake-aggregation',
      time: Date.UTC(2009, 1, 13, 23, 31),
      batchUuid: UUID,
      ending: '.batch',
    });
  });

  test('batches within an interval', () => {
    const { begin, end, paths } = rows.within_interval;
    const interval = { begin: at(begin), end: at(end) };
    const found = paths.map(([path]) => [path, isWithin(interval, readBatchPath(path)!.time)]);
    expect(found).toEqual(paths);
  });

  test('hour prefixes', () => {
    for (const { begin, end, prefixes } of rows.hour_prefixes) {
      expect(hourPrefixes({ begin: at(begin), end: at(end) })).toEqual(prefixes);
    }
  });

  test('the intake task and its marker', () => {
    const row = rows.intake_scheduling;
    const window = intakeWindow(at(row.now), row.max_age_h * HOUR_MS);
    const { ready, incomplete } = sortBatches(row.intake_bucket, ingestionEndings, 'all');
    expect([ready.length, incomplete.length]).toEqual([1, 0]);
    const [batch] = ready;
    expect(isWithin(window, batch!.time)).toBe(true);
    expect(intakeMarker(batch!)).toBe(row.marker_object);
    const task = {
      traceId: TRACE,
      aggregationId: batch!.aggregation,
      batchId: batch!.batchUuid,
      date: batch!.time,
    };
    expect(JSON.parse(encodeIntakeTask(task))).toEqual({ 'trace-id': TRACE, ...row.expected_task });
    expect(decodeIntakeTask(encodeIntakeTask(task))).toEqual(task);
  });

  test('the aggregation task, its window and its marker', () => {
    const row = rows.aggregation_scheduling;
    const period = row.aggregation_period_h * HOUR_MS;
    const window = aggregationWindow(at(row.now), period, row.grace_h * HOUR_MS);
    expect([formatMinute(window.begin), formatMinute(window.end)]).toEqual(row.window);
    expect(windowAt((window.begin + window.end) / 2, period)).toEqual(window);
    const [batch] = sortBatches(row.intake_bucket, ingestionEndings, 'all').ready;
    const peers = sortBatches(row.peer_validation_bucket, validationEndings(0), 'signature');
    expect(peers.ready).toEqual([batch]);
    const aggregation = batch!.aggregation;
    const name = { aggregation, start: window.begin, end: window.end };
    expect(aggregateMarker(name)).toBe(`task-markers/${row.marker}`);
    const task = {
      traceId: TRACE,
      aggregationId: aggregation,
      aggregationStart: window.begin,
      aggregationEnd: window.end,
      batches: [{ id: batch!.batchUuid, time: batch!.time }],
    };
    const expected = { 'trace-id': TRACE, ...row.expected_task };
    expect(JSON.parse(encodeAggregationTask(task))).toEqual(expected);
    expect(decodeAggregationTask(encodeAggregationTask(task))).toEqual(task);
  });

  test('buckets', () => {
    const { ok, error } = rows.bucket_urls;
    for (const url of ok) {
      expect(() => parseBucketUrl(url), url).not.toThrow();
      const dialect = /^\w+:/.test(url) ? 'workflow-manager' : 'facilitator';
      expect(() => parseBucketUrl(url, { dialect }), url).not.toThrow();
    }
    for (const row of error) {
      const [, url, only] = /^(.*?)(?: \((go only|rust)\))?$/.exec(row)!;
      const dialects: readonly (BucketDialect | undefined)[] =
        only === undefined
          ? ['ours', 'facilitator', 'workflow-manager']
          : [only === 'rust' ? 'facilitator' : 'workflow-manager'];
      for (const dialect of dialects) {
        const parse = () => parseBucketUrl(url!, dialect === undefined ? {} : { dialect });
        expect(parse, row).toThrow(refused('bucket-url'));
      }
    }
    const options = { dialect: 'workflow-manager', identity: 'a-role' } as const;
    expect(() => parseBucketUrl('gs://bucketname', options)).toThrow(refused('bucket-url'));
    expect(() => parseBucketUrl('s3://region/bucketname', options)).not.toThrow();
  });

  test('aggregations by top-level prefix', () => {
    const { prefixes, result } = rows.aggregation_ids_from_top_level_prefixes;
    expect(aggregationIds(prefixes)).toEqual(result);
  });
});

describe('keys', () => {
  test.each([
    ['', 'nothing'],
    ['kittens-seen/2020/10/31/20/29', 'no batch'],
    [`kittens-seen/2020/13/31/20/29/${UUID}.batch`, 'a month too many'],
    [`kittens-seen/2020/02/30/20/29/${UUID}.batch`, 'a day that is none'],
    [`kittens-seen/2020/10/31/20/29/${UUID}`, 'no ending'],
    [`kittens-seen/2020/10/31/20/29/${UUID.toUpperCase()}.batch`, 'upper case'],
    [`kittens-seen/2020-10-31-20-29/${UUID}.batch`, 'other separators'],
    [`../2020/10/31/20/29/${UUID}.batch`, 'a way up'],
    [`a/b/2020/10/31/20/29/${UUID}.batch`, 'a folder too many'],
    [`task-markers/2020/10/31/20/29/${UUID}.batch`, 'the folder of markers'],
    [`kittens-seen/2020/10/31/20/29/${UUID}.batch/../../x`, 'a way up after it'],
  ])('"%s" is no batch: %s', (key) => expect(readBatchPath(key)).toBeUndefined());

  test('a leftover counts as an incomplete batch, another kind of object not at all', () => {
    const base = `kittens-seen/2020/10/31/20/29/${UUID}`;
    const sorted = (...ends: string[]) =>
      sortBatches(
        ends.map((end) => base + end),
        ingestionEndings,
        'all',
      );
    const counts = ({ ready, incomplete }: ReturnType<typeof sorted>) => [
      ready.length,
      incomplete.length,
    ];
    expect(counts(sorted('.batch.tmp'))).toEqual([0, 1]);
    expect(counts(sorted('.batch', '.batch.sig'))).toEqual([0, 1]);
    expect(counts(sorted('.batch', '.batch.sig', '.batch.avro', '.batch.tmp'))).toEqual([1, 0]);
    expect(counts(sorted('.validity_0', '.batches'))).toEqual([0, 0]);
    const peers = sortBatches([`${base}.validity_1.sig`], validationEndings(0), 'signature');
    expect(counts(peers)).toEqual([0, 0]);
  });

  test('sum parts: written and read', () => {
    const name = {
      instance: 'us-ca-g-enpa',
      aggregation: 'com.apple.EN.UserRisk',
      start: at('2020/10/31/00/00'),
      end: at('2020/10/31/08/00'),
    };
    const base = 'us-ca-g-enpa/com.apple.EN.UserRisk/202010310000-202010310800';
    for (const server of [0, 1] as const) {
      const keys = sumPartPath(name, server);
      expect(keys).toEqual({
        packets: `${base}.invalid_uuid_${server}.avro`,
        header: `${base}.sum_${server}`,
        signature: `${base}.sum_${server}.sig`,
      });
      for (const part of ['packets', 'header', 'signature'] as const) {
        expect(readSumPartPath(keys[part])).toEqual({ ...name, server, part });
      }
    }
    expect(readSumPartPath(`${base}.sum_2`)).toBeUndefined();
    expect(readSumPartPath(`x/${base}.sum_1`)).toBeUndefined();
  });

  test.each(['', 'a/b', '.', '..', '.hidden', 'task-markers', 'a b', 'a'.repeat(201)])(
    '"%s" names no aggregation',
    (aggregation) => {
      const name = { aggregation, time: 0, batchUuid: UUID };
      expect(() => batchPath(name)).toThrow(refused('name'));
      expect(() => intakeMarker(name)).toThrow(refused('name'));
      expect(() => aggregateMarker({ aggregation, start: 0, end: 0 })).toThrow(refused('name'));
      expect(aggregationIds([`${aggregation}/`])).toEqual([]);
    },
  );

  test('every minute comes back, in each form', () => {
    const minutes = fc.integer({ min: -500_000_000, max: 4_000_000_000 });
    fc.assert(
      fc.property(minutes, fc.constantFrom('/', '-', ''), (minute, separator) => {
        const time = minute * MINUTE_MS;
        expect(parseMinute(formatMinute(time, separator), separator)).toBe(time);
      }),
    );
    expect(() => formatMinute(Number.NaN)).toThrow(refused('name'));
    expect(() => formatMinute(Date.UTC(10_000, 0))).toThrow(refused('name'));
  });
});

describe('windows', () => {
  test('lie where Go has them, also for periods that divide no day', () => {
    // time.Date(2020, 11, 1, 4, 1, 0, 0, time.UTC).Truncate(7 * time.Hour), from year 1.
    const seven = windowAt(at('2020/11/01/04/01'), 7 * HOUR_MS);
    const hours = (seven.begin + 719_162 * 24 * HOUR_MS) / HOUR_MS;
    expect(hours % 7).toBe(0);
    expect(seven.begin % (7 * HOUR_MS)).not.toBe(0);
    expect(seven.begin % (7 * HOUR_MS)).toBe(5 * HOUR_MS);
    expect(windowAt(-1, 8 * HOUR_MS)).toEqual({ begin: -8 * HOUR_MS, end: 0 });
    for (const period of [0, -1, 1.5, Number.NaN]) {
      expect(() => windowAt(0, period)).toThrow(refused('wrong-value'));
    }
  });

  test('each time is in its window, and in the hours to list', () => {
    const times = fc.integer({ min: 0, max: 2e12 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 1e9 }), (time, period) => {
        const window = windowAt(time, period);
        expect(isWithin(window, time)).toBe(true);
        expect(window.end - window.begin).toBe(period);
      }),
    );
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 1e8 }), fc.nat(), (begin, length, step) => {
        const time = begin + (step % length);
        const prefixes = hourPrefixes({ begin, end: begin + length });
        expect(prefixes.filter((prefix) => formatMinute(time).startsWith(prefix))).toHaveLength(1);
      }),
    );
  });
});

test('seconds and milliseconds', () => {
  expect(toWireTime(1_604_102_400_999, 'seconds')).toBe(1_604_102_400);
  expect(fromWireTime(1_604_102_400, 'seconds')).toBe(1_604_102_400_000);
  expect(toWireTime(1_604_102_400_999, 'milliseconds')).toBe(1_604_102_400_999);
  expect(fromWireTime(1_604_102_400_999, 'milliseconds')).toBe(1_604_102_400_999);
});

test.each([
  ['not JSON', '{'],
  ['a list', '[]'],
  ['nothing', '{}'],
  ['a date of another form', `{"trace-id":"${TRACE}","aggregation-id":"a","date":"now"}`],
  ['no uuid', `{"trace-id":"x","aggregation-id":"a","date":"2020/10/31/20/29"}`],
])('no task: %s', (_, text) => {
  expect(() => decodeIntakeTask(text)).toThrow(refused('task'));
  expect(() => decodeAggregationTask(text)).toThrow(refused('task'));
});
