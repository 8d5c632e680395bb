/** Starts the command line of this process; `command-line.ts` says what it can do. */

import { runCommandLine } from './command-line.ts';
import { pageAssets } from './page-assets.ts';

const exitCode = await runCommandLine(
  {
    argv: process.argv.slice(2),
    environment: process.env,
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
  },
  pageAssets,
);
if (exitCode !== 0) process.exitCode = exitCode;
