#!/usr/bin/env node
// Starts the command line from a bundle of its sources.
import { bundle } from '@priolab/bundle';

process.setSourceMapsEnabled(true);
try {
  const folder = await bundle({ main: new URL('../src/main.ts', import.meta.url) });
  await import(new URL('main.js', folder).href);
} catch (error) {
  // Node's own code, 1, means a wrong result here; 9 is a bug.
  console.error('priolab: its own program cannot be started:');
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 9;
}
