/**
 * From a device's story to the bits of each metric of ENPA's catalogue: one writer a metric, which
 * picks the facts that the Android app would pick and leaves the layout to the encoders.
 * Adding a metric to the catalogue needs one line here; a test holds the two together.
 */

import {
  attenuationBin,
  dayBin,
  durationBin,
  encodeCodeVerified,
  encodeDateExposure,
  encodeDateExposureCumulative,
  encodeInteraction,
  encodeKeysUploaded,
  encodeNotification,
  encodeReportType,
  encodeRiskHistogram,
  encodeSecondaryAttack,
  encodeVaccineStatus,
} from '@priolab/roles';
import { contactsMax, contactWord, interactions, type StoryBlock, storyWords } from './story.ts';

/** Stories of a block of devices with the words that they were read from. */
export interface StorySource {
  readonly stories: StoryBlock;
  readonly words: Uint32Array;
  /** Scratch for the exposures of one device. */
  readonly exposures: Uint8Array;
}

/** Writes one device's vector, row `i` of the block, at `offset`. */
export type StoryWriter = (
  source: StorySource,
  i: number,
  out: Uint32Array,
  offset: number,
) => void;

/** Scratch that a `StorySource` needs for exposures: four bin numbers a contact. */
export function exposureScratch(): Uint8Array {
  return new Uint8Array(4 * contactsMax);
}

/** The writer of a catalogue metric, or undefined for a custom one. */
export function storyWriter(metricId: string): StoryWriter | undefined {
  return writers.get(metricId);
}

const writeNotification: StoryWriter = ({ stories }, i, out, offset) => {
  encodeNotification(out, offset, stories.notifiedClass[i]!);
};

const writeInteraction: StoryWriter = ({ stories }, i, out, offset) => {
  const interaction = stories.interaction[i]!;
  // A notification that nobody touched looks like none at all.
  const touchedClass = interaction === interactions.none ? 0 : stories.notifiedClass[i]!;
  const isOpened = interaction === interactions.opened;
  encodeInteraction(out, offset, touchedClass, isOpened ? 'opened' : 'dismissed');
};

const writeRiskHistogram: StoryWriter = ({ stories, words, exposures }, i, out, offset) => {
  const contacts = stories.contactCount[i]!;
  let count = 0;
  for (let contact = 0; contact < contacts; contact++) {
    const facts = contactWord(words, i * storyWords, contact);
    // Byte 3: up to 8128 s, short ones more often; contacts under a second have no bin.
    const duration = durationBin(((facts >>> 24) * (facts >>> 24)) >> 3);
    if (duration < 0) continue;
    exposures[4 * count] = dayBin(((facts & 0xff) * 14) >> 8);
    exposures[4 * count + 1] = infectiousnessOf((facts >>> 8) & 0xff);
    // Byte 2: 35.0 to 86.0 dB.
    exposures[4 * count + 2] = attenuationBin(350 + 2 * ((facts >>> 16) & 0xff));
    exposures[4 * count + 3] = duration;
    count += 1;
  }
  encodeRiskHistogram(out, offset, exposures, count);
};

const writeCodeVerified: StoryWriter = ({ stories }, i, out, offset) => {
  encodeCodeVerified(out, offset, stories.codeVerified[i] === 1, stories.recentClass[i]!);
};

const writeKeysUploaded: StoryWriter = ({ stories }, i, out, offset) => {
  encodeKeysUploaded(out, offset, stories.keysUploaded[i] === 1, stories.recentClass[i]!);
};

const writeDateExposure: StoryWriter = ({ stories }, i, out, offset) => {
  encodeDateExposure(out, offset, stories.notifiedClass[i]!, stories.delayDays[i]!);
};

const writeDateExposureCumulative: StoryWriter = ({ stories }, i, out, offset) => {
  encodeDateExposureCumulative(out, offset, stories.notifiedClass[i]!, stories.delayDays[i]!);
};

const writeVaccineStatus: StoryWriter = ({ stories }, i, out, offset) => {
  const status = stories.vaccinated[i] === 1 ? 'vaccinated' : 'not-vaccinated';
  const recentClass = stories.recentClass[i]!;
  encodeVaccineStatus(out, offset, stories.keysUploaded[i] === 1, status, recentClass);
};

const writeCodeReportType: StoryWriter = ({ stories }, i, out, offset) => {
  encodeReportType(out, offset, stories.codeVerified[i] === 1, stories.reportType[i]!);
};

const writeKeysReportType: StoryWriter = ({ stories }, i, out, offset) => {
  encodeReportType(out, offset, stories.keysUploaded[i] === 1, stories.reportType[i]!);
};

const writeSecondaryAttack: StoryWriter = ({ stories }, i, out, offset) => {
  const attackedClass = stories.keysUploaded[i] === 1 ? stories.recentClass[i]! : 0;
  encodeSecondaryAttack(out, offset, stories.reportType[i]!, attackedClass);
};

const writers: ReadonlyMap<string, StoryWriter> = new Map<string, StoryWriter>([
  ['PeriodicExposureNotification-v1', writeNotification],
  ['PeriodicExposureNotificationInteraction-v1', writeInteraction],
  ['histogramMetric-v2', writeRiskHistogram],
  ['CodeVerified-v1', writeCodeVerified],
  ['KeysUploaded-v1', writeKeysUploaded],
  ['DateExposure-v1', writeDateExposure],
  ['KeysUploadedVaccineStatus-v1', writeVaccineStatus],
  ['CodeVerifiedWithReportType14d-v2', writeCodeReportType],
  ['KeysUploadedWithReportType14d-v2', writeKeysReportType],
  ['SecondaryAttack14d-v2', writeSecondaryAttack],
  ['PeriodicExposureNotification14d-v3', writeNotification],
  ['DateExposure14d-v3', writeDateExposureCumulative],
  ['KeysUploadedVaccineStatus14d-v3', writeVaccineStatus],
]);

function infectiousnessOf(drawn: number): number {
  if (drawn < 26) return 0;
  return drawn < 200 ? 1 : 2;
}
