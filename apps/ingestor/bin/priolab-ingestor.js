#!/usr/bin/env node
// Starts the command line from a bundle of its sources.
import { bundle } from '@priolab/bundle';

process.setSourceMapsEnabled(true);
const folder = await bundle({ main: new URL('../src/main.ts', import.meta.url) });
await import(new URL('main.js', folder).href);
