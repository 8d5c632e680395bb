/**
 * What faults inside a phone are made of: which of a block's reports they strike, and the stages of
 * a device that they replace.
 */

import { DAY_MS } from '@priolab/roles';
import type { Device, MeasurementBlock } from '@priolab/roles';

import type { Line } from '../../run/world.ts';
import type { AllowedFate, FaultContext } from '../fault.ts';
import type { BlockPlace } from '../phones.ts';

/** The line with some of its device's stages replaced. */
export function withStages(line: Line, change: (device: Device) => Partial<Device>): Line {
  return { ...line, device: { ...line.device, ...change(line.device) } };
}

/** When the report in a slot is made. */
export function madeMs(
  { day, timesMs }: Pick<MeasurementBlock, 'day' | 'timesMs'>,
  slot: number,
): number {
  return day * DAY_MS + timesMs[slot]!;
}

/** Slots of a block that the fault chooses and may touch; each is struck. */
export function strikeSlots(
  context: FaultContext,
  block: MeasurementBlock,
  options: {
    readonly place: BlockPlace;
    readonly what: string;
    readonly allowed: readonly AllowedFate[];
    readonly mayStrike?: (slot: number) => boolean;
  },
): number[] {
  const { place, what, allowed, mayStrike = () => true } = options;
  const slots: number[] = [];
  for (let slot = 0; slot < block.count; slot++) {
    const report = place.firstReport + slot;
    if (!mayStrike(slot)) continue;
    if (!context.chooses(`report ${report}`, madeMs(block, slot))) continue;
    context.strike({ what: `report ${report}: ${what}`, reports: [report], allowed });
    slots.push(slot);
  }
  return slots;
}
