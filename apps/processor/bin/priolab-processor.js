#!/usr/bin/env node
// Registers the TypeScript loader where Node has none of its own, then starts the command line.
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
await import('../src/main.ts');
