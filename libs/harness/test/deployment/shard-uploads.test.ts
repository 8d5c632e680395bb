/** The arena in which a shard's uploads travel: bytes once, growing, given away whole. */

import { describe, expect, test } from 'vitest';

import { buffersOf, createUploadArena, UPLOAD_KINDS } from '../../src/deployment/shard-uploads.ts';
import type { ShardUploads } from '../../src/deployment/shard-uploads.ts';

const bytesOf = ({ bytes, offsets, sizes }: ShardUploads, index: number): number[] => {
  const offset = offsets[index]!;
  return [...bytes.subarray(offset, offset + sizes[index]!)];
};

describe('an arena of uploads', () => {
  test('keeps copies of what it is given, with their times and reasons', () => {
    const arena = createUploadArena();
    const upload = Uint8Array.of(1, 2, 3);
    expect(arena.add(upload, 1000)).toBe(0);
    upload.fill(9);
    expect(arena.add(new Uint8Array(0), 2000)).toBe(1);
    arena.setReason(1, 7);
    const taken = arena.take('plain');
    expect(taken).toMatchObject({ form: 'plain', count: 2 });
    expect([0, 1].map((index) => bytesOf(taken, index))).toEqual([[1, 2, 3], []]);
    expect([...taken.createdMs.subarray(0, 2)]).toEqual([1000, 2000]);
    expect([...taken.reasons.subarray(0, 2)]).toEqual([0, 7]);
  });

  test('sends an upload again without a copy of its bytes', () => {
    const arena = createUploadArena();
    arena.add(Uint8Array.of(5, 6), 1000);
    expect(arena.repeat(0, 'copy')).toBe(1);
    expect(arena.repeat(0, 'next-day')).toBe(2);
    const taken = arena.take('document');
    expect([...taken.kinds.subarray(0, 3)].map((kind) => UPLOAD_KINDS[kind])).toEqual([
      'own',
      'copy',
      'next-day',
    ]);
    expect([...taken.offsets.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect([...taken.createdMs.subarray(0, 3)]).toEqual([1000, 1000, 1000]);
  });

  test('holds a thousand times the same megabyte once', () => {
    const arena = createUploadArena();
    const garbage = new Uint8Array(2 ** 20).fill(3);
    for (let i = 0; i < 1000; i++) arena.add(garbage, i);
    arena.add(new Uint8Array(2 ** 20).fill(4), 0);
    const taken = arena.take('plain');
    expect(taken.count).toBe(1001);
    expect(taken.bytes.length).toBeLessThan(2 ** 22);
    expect(taken.bytes[taken.offsets[999]!]).toBe(3);
    expect(taken.bytes[taken.offsets[1000]!]).toBe(4);
  });

  test('grows, and begins anew with nothing of the shard before', () => {
    const arena = createUploadArena();
    for (let shard = 0; shard < 3; shard++) {
      for (let i = 0; i < 2000; i++) arena.add(new Uint8Array(100).fill(i + shard), i);
      const taken = arena.take('plain');
      expect(taken.count).toBe(2000);
      for (const index of [0, 1234, 1999]) {
        expect(bytesOf(taken, index)).toEqual(
          Array.from({ length: 100 }, () => (index + shard) & 255),
        );
      }
      // As when they are transferred to another thread.
      structuredClone(null, { transfer: buffersOf(taken) });
    }
    expect(arena.take('plain').count).toBe(0);
  });
});
