/**
 * `npm run fuzz:decoders -- [--cases N] [--seed TEXT] [--first N]`: damaged files for every decoder
 * of the ENPA wire, of manifests, of what processors tell each other, of S3's answers and of what
 * phones upload. Exits with 1 on a finding, and says how to run that case again.
 */

import { parseArgs } from 'node:util';

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { fuzzDecoders } = await import('../libs/roles/fuzz/fuzz-decoders.ts');
const { decoders } = await import('../libs/roles/fuzz/decoders.ts');
const { manifestFuzzDecoders } = await import('../libs/roles/fuzz/manifest-decoders.ts');
const { processorDecoders } = await import('../apps/processor/fuzz/decoders.ts');
const { runtimeDecoders } = await import('../libs/runtime/fuzz/decoders.ts');
const { attestationDecoders } = await import('../libs/attestation/fuzz/decoders.ts');

// A reader such as `head` may have seen enough; the exit code tells the rest.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
  },
});
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const all = [
  ...decoders,
  ...manifestFuzzDecoders,
  ...processorDecoders,
  ...runtimeDecoders,
  ...attestationDecoders,
];
const { cases, decoded, errorsByCode, findings } = fuzzDecoders({
  cases: Number(values.cases),
  first: Number(values.first),
  seed: values.seed,
  decoders: all,
  cpuMs,
});
console.log(
  `${cases} cases of seed "${values.seed}": ${decoded} decoded, ${Math.round(cpuMs())} ms`,
);
console.log(`over ${all.length} decoders: ${all.map(({ name }) => name).join(' ')}`);
for (const [code, count] of Object.entries(errorsByCode).sort(([, a], [, b]) => b - a)) {
  console.log(`  ${String(count).padStart(8)}  ${code}`);
}
for (const finding of findings) {
  console.error(`${finding.decoder}, case ${finding.case}: ${finding.message}`);
  console.error(
    `  npm run fuzz:decoders -- --seed ${values.seed} --first ${finding.case} --cases 1`,
  );
  console.error(`  input: ${finding.input.slice(0, 400)}`);
}
process.exitCode = findings.length === 0 ? 0 : 1;
