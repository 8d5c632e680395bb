/**
 * Writes our own golden files anew, for a change that means to change bytes:
 * `npx tsx libs/roles/test/messages/enpa/golden-write.ts`.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { records } from '../../../src/messages/enpa/index.ts';
import { foreignPackets, sampleContainer, sampleSingle } from '../../../fuzz/samples.ts';
import type { KindName } from '../../../fuzz/samples.ts';

const folder = join(import.meta.dirname, 'golden');
mkdirSync(folder, { recursive: true });
for (const name of Object.keys(records) as KindName[]) {
  writeFileSync(join(folder, `${name}.avro`), sampleContainer(name));
}
writeFileSync(join(folder, 'single-object.avro'), sampleSingle());
writeFileSync(join(folder, 'another-writer.avro'), foreignPackets());
