/**
 * What a worker thread starts with. Node 20 can't run a `.ts` file as a worker's entry, and giving
 * each worker a loader costs it half a second; so there the worker and its program are bundled once
 * a process, in memory and from the sources of the moment, which takes a tenth of that.
 */

import { fileURLToPath } from 'node:url';

const bundles = new Map<string, Promise<URL>>();

/** The module to start a worker with, for the program at `program`. */
export function workerEntry(program: URL): Promise<URL> | URL {
  if ((process.features as { typescript?: string | false }).typescript) {
    return new URL('./worker.ts', import.meta.url);
  }
  const known = bundles.get(program.href) ?? bundle(program);
  bundles.set(program.href, known);
  return known;
}

async function bundle(program: URL): Promise<URL> {
  const { build } = await import('esbuild');
  const quote = (file: URL): string => JSON.stringify(fileURLToPath(file));
  const answer = quote(new URL('./answer.ts', import.meta.url));
  const { outputFiles } = await build({
    stdin: {
      // A dynamic import, so that a program that breaks while it loads is told as any other.
      contents:
        `import { answerShards } from ${answer};\n` +
        `process.setSourceMapsEnabled(true);\n` +
        `await answerShards(() => import(${quote(program)}));`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
    write: false,
    logLevel: 'silent',
  });
  const code = Buffer.from(outputFiles[0]!.contents).toString('base64');
  return new URL(`data:text/javascript;base64,${code}`);
}
