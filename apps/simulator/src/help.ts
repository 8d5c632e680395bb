/** What `--help` prints. */

export const HELP = `priolab: simulate a Prio-style private measurement system and test it

  priolab run <file...>        run scenarios, judge them, write runs/<id>-<seed>-<digest>/
  priolab list [folder]        the scenarios in a folder (default: scenarios)
  priolab check <file...>      validate scenarios and print what they would do
  priolab explain [term]       what an expectation, adversary, reason or exit code means
  priolab where <run> <report> what became of one report
  priolab <command> --help     options and examples of one command

Examples
  npx priolab run scenarios/smoke.scenario.ts
  npx priolab run scenarios/us-day.scenario.ts --reports 20000 --seed 7
  npx priolab explain noforge

Exit codes: 0 pass, 1 wrong result, 2 usage, 3 too slow or too large, 6 vacuous (nothing behind
a check), 7 measurement invalid, 9 bug in priolab, 130 interrupted.`;

const details: Readonly<Record<string, string>> = {
  run: `priolab run <file...> [options]

  --seed <text>      seed of all randomness (default: the scenario's)
  --reports <n>      reports in the run (default: the scenario's)
  --workers <n>      worker threads; 0 runs in the main thread (default: one a core)
  --out <folder>     where runs are written (default: runs)
  --json             print summary.json to standard output, everything else to standard error

Same scenario and seed give the same results with any number of workers.

Examples
  npx priolab run scenarios/smoke.scenario.ts
  npx priolab run scenarios/us-day.scenario.ts --reports 500000 --workers 2
  npx priolab run scenarios/*.scenario.ts --json > summaries.json`,
  list: `priolab list [folder]

Lists scenario files (*.scenario.ts) below a folder, with their id, size and purpose.

Example
  npx priolab list scenarios`,
  check: `priolab check <file...>

Validates scenarios: every problem is listed, with its path, what was found and what is allowed.
Prints the plan of those that are right: devices, reports, cells, shards, sizes.

Example
  npx priolab check scenarios/us-day.scenario.ts`,
  explain: `priolab explain [term]

Explains an expectation, an adversary, a reason, an exit code or a word; without a term, lists
what there is.

Examples
  npx priolab explain sum.exact
  npx priolab explain cli.forge
  npx priolab explain proof-invalid`,
  where: `priolab where <run> <report>

Says what became of one report of a stored run: who sent it, where it ended and why.
<run> is a folder that "priolab run" wrote, or its name below runs/.

Example
  npx priolab where runs/us-day-1-0a1b2c3d 48211`,
};

/** Help of one command, or the general help where there is no such command. */
export function commandHelp(name: string): string {
  return Object.hasOwn(details, name) ? details[name]! : HELP;
}
