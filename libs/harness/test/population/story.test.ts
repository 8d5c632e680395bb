/** Stories: facts that agree with each other, and a fortnight that contains its day. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contactsMax,
  interactions,
  readStories,
  type StoryBlock,
  storyBlock,
  storyThresholds,
  storyWords,
} from '../../src/population/story.ts';

const count = 64;
// High intensities, so that rare stories are met.
const intensities = fc.constantFrom(1, 86, 860, 20_000, 65_536);
// Small words make things happen, large ones don't; both are drawn often.
const itemWords = fc.uint32Array({
  minLength: count * storyWords,
  maxLength: count * storyWords,
});

function read(words: Uint32Array, intensity: number, windowDays: 1 | 14): StoryBlock {
  const block = storyBlock(count);
  readStories(block, words, count, storyThresholds(intensity, windowDays));
  return block;
}

describe('readStories', () => {
  it('tells stories whose facts agree', () => {
    fc.assert(
      fc.property(itemWords, intensities, fc.constantFrom(1, 14), (words, intensity, window) => {
        const block = read(words, intensity, window as 1 | 14);
        for (let i = 0; i < count; i++) {
          const notified = block.notifiedClass[i]!;
          expect(notified).toBeLessThanOrEqual(4);
          if (notified > 0) expect(block.recentClass[i]).toBe(notified);
          else expect(block.interaction[i]).toBe(interactions.none);
          expect(block.delayDays[i]).toBeLessThanOrEqual(notified > 0 ? 13 : 0);
          expect(block.keysUploaded[i]).toBeLessThanOrEqual(block.codeVerified[i]!);
          if (block.codeVerified[i] === 0) expect(block.reportType[i]).toBe(0);
          expect(block.contactCount[i]).toBeLessThanOrEqual(contactsMax);
          if (notified > 0) expect(block.contactCount[i]).toBeGreaterThanOrEqual(3);
        }
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it('has in a fortnight whatever happened on its last day', () => {
    fc.assert(
      fc.property(itemWords, intensities, (words, intensity) => {
        const day = read(words, intensity, 1);
        const fortnight = read(words, intensity, 14);
        for (let i = 0; i < count; i++) {
          if (day.notifiedClass[i]! > 0) {
            expect(fortnight.notifiedClass[i]).toBe(day.notifiedClass[i]);
            expect(fortnight.delayDays[i]).toBe(day.delayDays[i]);
          }
          expect(fortnight.recentClass[i]).toBe(day.recentClass[i]);
          expect(fortnight.codeVerified[i]).toBeGreaterThanOrEqual(day.codeVerified[i]!);
          expect(fortnight.keysUploaded[i]).toBeGreaterThanOrEqual(day.keysUploaded[i]!);
        }
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('reads each fact from its own word', () => {
    const words = new Uint32Array(count * storyWords).fill(0xffffffff);
    words[0] = 0;
    const block = read(words, 86, 1);
    expect([block.notifiedClass[0], block.delayDays[0], block.interaction[0]]).toEqual([4, 13, 0]);
    expect([block.codeVerified[0], block.vaccinated[0], block.contactCount[0]]).toEqual([0, 0, 6]);
    expect(block.notifiedClass[1]).toBe(0);
    words.fill(0, 1, storyWords);
    const busy = read(words, 86, 1);
    expect([busy.notifiedClass[0], busy.delayDays[0], busy.interaction[0]]).toEqual([1, 0, 1]);
    expect([busy.keysUploaded[0], busy.reportType[0], busy.vaccinated[0]]).toEqual([1, 1, 1]);
  });

  it('refuses words or columns that are too few', () => {
    const thresholds = storyThresholds(86, 1);
    expect(() => readStories(storyBlock(2), new Uint32Array(31), 2, thresholds)).toThrow('words');
    expect(() => readStories(storyBlock(1), new Uint32Array(32), 2, thresholds)).toThrow('room');
  });
});
