/**
 * The command line `priolab`: finds the command, maps errors to exit codes, and is the only place
 * that ends the process.
 */

import { EXIT, UsageError } from '@priolab/harness';

import { check } from './commands/check.ts';
import { explain } from './commands/explain.ts';
import { list } from './commands/list.ts';
import { run } from './commands/run.ts';
import { where } from './commands/where.ts';
import { HELP, commandHelp } from './help.ts';

/** A command gets its arguments and returns an exit code. */
type Command = (args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, Command>> = { run, list, check, explain, where };

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const topic = name === 'help' ? args[0] : undefined;
    console.log(topic === undefined ? HELP : commandHelp(topic));
    return EXIT.pass;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const allowed = `allowed: ${Object.keys(commands).join(', ')}; see priolab --help`;
    throw new UsageError('priolab', [{ path: '', message: `no command "${name}"; ${allowed}` }]);
  }
  if (args.includes('--help') || args.includes('-h')) {
    console.log(commandHelp(name));
    return EXIT.pass;
  }
  return command(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    console.error(error.message);
    process.exitCode = EXIT.usage;
  } else {
    console.error('priolab: this is a bug in priolab itself, please report it with this text:');
    console.error(error);
    process.exitCode = EXIT.bug;
  }
}
