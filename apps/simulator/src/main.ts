/**
 * The command line `priolab`: finds the command, maps errors to exit codes, and is the only place
 * that ends the process.
 */

import { readFileSync } from 'node:fs';

import { EXIT, UsageError, didYouMean } from '@priolab/harness';

import { commands } from './commands.ts';
import type { Commands } from './completion/complete.ts';
import { HELP, commandHelp } from './help.ts';
import { printable, surviveReaders } from './streams.ts';

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(HELP);
    return EXIT.pass;
  }
  if (name === '--version' || name === '-v') {
    console.log(`priolab ${version()}`);
    return EXIT.pass;
  }
  if (name === 'help') {
    const [topic] = args;
    if (topic !== undefined) commandOf(topic);
    console.log(topic === undefined ? HELP : commandHelp(topic));
    return EXIT.pass;
  }
  const command = commandOf(name);
  // After `--` stand words, of a line that is being completed for example.
  const asked = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (asked.includes('--help') || asked.includes('-h')) {
    console.log(commandHelp(name));
    return EXIT.pass;
  }
  return (await command())(args);
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function commandOf(name: string): Commands[string] {
  if (Object.hasOwn(commands, name)) return commands[name]!;
  const names = [...Object.keys(commands), 'help'];
  const hint = `${didYouMean(name, names)}; allowed: ${names.join(', ')}; see priolab --help`;
  throw new UsageError('priolab', [{ path: '', message: `no command "${name}"${hint}` }]);
}

function tellBug(error: unknown): void {
  console.error('priolab: this is a bug in priolab itself, please report it with this text:');
  console.error(error);
}

// Node's own code for an error that nobody caught is 1, which means a wrong result here.
process.on('uncaughtException', (error) => {
  tellBug(error);
  process.exit(EXIT.bug);
});

surviveReaders((message) => {
  console.error(`priolab: ${message}`);
  // Only when all is done: the command's own exit code may be still to come.
  process.on('exit', () => {
    if (process.exitCode === EXIT.pass) process.exitCode = EXIT.usage;
  });
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    console.error(printable(error.message));
    process.exitCode = EXIT.usage;
  } else {
    tellBug(error);
    process.exitCode = EXIT.bug;
  }
}
