/**
 * A made-up face for a device, so that a person who asks where a report came from gets more than a
 * number. Drawn from the device's own branch of the seed tree; decides nothing and is never stored.
 * Faker takes a while to load, so it is imported on first use, away from every hot path.
 */

import type { SeedBranch } from '@priolab/crypto';
import type { Cell } from './population-settings.ts';
import { deviceBranch } from './seed-words.ts';

const phoneModels = {
  apple: ['iPhone 8', 'iPhone SE', 'iPhone XR', 'iPhone 11', 'iPhone 12', 'iPhone 13 mini'],
  google: ['Pixel 4a', 'Pixel 5', 'Galaxy S10', 'Galaxy A51', 'Moto G Power', 'OnePlus 8T'],
} as const;

/** For example `Galaxy A51 of Ruth in Lake Trevor, Connecticut`; the same for the same seed. */
export async function deviceLabel(
  seedTree: SeedBranch,
  cell: Pick<Cell, 'state' | 'vendor'>,
  device: number,
): Promise<string> {
  const { faker } = await import('@faker-js/faker/locale/en');
  const seed = deviceBranch(seedTree, cell).child('label').bytes(device, 16);
  faker.seed(new DataView(seed.buffer, seed.byteOffset).getUint32(0, true));
  const model = faker.helpers.arrayElement(phoneModels[cell.vendor]);
  const owner = faker.person.firstName();
  return `${model} of ${owner} in ${faker.location.city()}, ${cell.state.name}`;
}
