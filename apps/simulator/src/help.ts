/** What `--help` prints. */

export const HELP = `priolab: simulate a Prio-style private measurement system and test it

  priolab run <file...>        run scenarios, judge them, write runs/<id>-<seed>-<digest>/
  priolab list [folder...]     the scenarios in a folder (default: scenarios)
  priolab check <file...>      validate scenarios and print what they would do
  priolab explain [term]       what a field, expectation, fault or exit code means
  priolab schema scenario      the JSON Schema of scenario files, for editors
  priolab where <run> <report> what became of one report
  priolab replay <capsule>     run it again and compare byte for byte
  priolab fork <capsule>       the same up to a moment, then with other randomness
  priolab fuzz [file]          a scenario under many seeds, each with its own faults
  priolab faults [id...]       every fault in a small scenario, and what came of it
  priolab <command> --help     options and examples of one command
  priolab --version            the version

Examples
  npx priolab run scenarios/smoke.scenario.ts
  npx priolab run scenarios/us-day.scenario.ts --reports 20000 --seed 7
  npx priolab explain noforge

Exit codes: 0 pass, 1 wrong result, 2 usage, 3 too slow or too large, 4 privacy, 5 not come to its
end, 6 vacuous (nothing behind a check), 7 measurement invalid, 8 nondeterminism, 9 bug in priolab,
130 interrupted.`;

const details: Readonly<Record<string, string>> = {
  run: `priolab run <file...> [options]

  --seed <text>      seed of all randomness (default: the scenario's)
  --reports <n>      reports in the run (default: the scenario's)
  --workers <n>      worker threads; 0 runs in the main thread (default: one a core)
  --out <folder>     where runs are written (default: runs)
  --profile          every stage with its time and its counted work, instead of bars
  --json             print one JSON document to standard output, all else to standard error:
                     of one scenario its summary.json (schema priolab-run/1), of several
                     { schema: "priolab-runs/1", exitCode, runs: [{ file, folder, summary }],
                     notRun: [file] }; none where no run came to its end

All files are checked and planned before any is run; problems of all of them are listed. Then they
run one after the other in one process, each with its own folder and peak memory (a run alone may
take some MiB less: a process keeps memory that it had). The exit code is the worst one.
Same scenario and seed give the same results with any number of workers. Ctrl-C ends a run with what
was done so far, a second one ends it at once. NO_COLOR=1 switches colours off.

The folder of a run is <out>/<id>-<seed>-<digest8>/, the digest over scenario and seed.

Examples
  npx priolab run scenarios/smoke.scenario.ts
  npx priolab run scenarios/us-day.scenario.ts --reports 500000 --workers 2
  npx priolab run scenarios/*.scenario.ts --json > summaries.json`,
  list: `priolab list [folder or file...]

Lists scenario files (*.scenario.ts, .yaml, .yml, .json) below folders, with their id, size and
purpose. Invalid ones are listed with their problems; the exit code is 2 only if an invalid file was
named itself.

Examples
  npx priolab list
  npx priolab list scenarios experiments
  npx priolab list scenarios/smoke.scenario.ts`,
  check: `priolab check <file...>

Validates scenarios: every problem is listed, with its path, what was found and what is allowed.
Prints the plan of those that are right: devices, reports, cells, shards, sizes. Runs nothing.

Examples
  npx priolab check scenarios/us-day.scenario.ts
  npx priolab check scenarios/*.scenario.ts`,
  explain: `priolab explain [term]

Explains a word of the output or of a scenario: a field, an expectation, a fault or a parameter of
faults, a reason, a stage, a metric, a state, an exit code and more; without a term, lists all.

Examples
  npx priolab explain sum.exact
  npx priolab explain cli.forge
  npx priolab explain proof-invalid batches-differ
  npx priolab explain 7`,
  replay: `priolab replay <capsule> [--workers <n>]

Runs what a capsule holds once more and compares results, fates, events and verdict byte for byte;
memory and throughput, which depend on the machine, are left out.
<capsule> is a capsule.json that a run left behind, or its folder. The exit code is that of the run
where it is the same, 8 where it differs.

Examples
  npx priolab replay runs/faults-network-1-6e7e1ad0/capsule.json
  npx priolab replay runs/faults-network-1-6e7e1ad0 --workers 0`,
  fork: `priolab fork <capsule> --at <time> [--times <n>]

Runs what a capsule holds again and again, the same up to <time> (since the start of the run) and
with other randomness of faults and network from then on, and prints how often it ended how.

Examples
  npx priolab fork runs/faults-network-1-6e7e1ad0 --at 6h
  npx priolab fork runs/faults-network-1-6e7e1ad0 --at 1d2h --times 100`,
  fuzz: `priolab fuzz [file] [options]

  --seeds <n>        how many seeds (default: 100)
  --first <n>        the first of them (default: 1)
  --for <time>       stop after so long, for example 10m
  --workers <n>      worker threads (default: one a core)
  --shrink <n>       runs for each kind of finding to leave out faults (default: 40; 0: none)
  --out <folder>     where seeds.ndjson and capsules go (default: runs/fuzz)

Runs a scenario in simulated time under many seeds; without a file scenarios/swarm.scenario.ts,
which draws its faults by the seed. A red oracle that no fault of the run explains is a finding: one
capsule of each kind is kept, and one with those of its faults alone that it needs. The exit code is
1 where there is one.

Examples
  npx priolab fuzz --seeds 1000
  npx priolab fuzz scenarios/faults/network.scenario.ts --for 10m`,
  faults: `priolab faults [id...] [options]

  --markdown         the table in Markdown
  --show             print the scenarios instead of running them
  --cards <folder>   write a page about each fault, instead of running them
  --workers <n>      worker threads (default: one a core)

Runs the demonstration of each fault that has code, or of those named, and prints how often it
struck, what must come of it, the verdict and the oracles that its card names.

Examples
  npx priolab faults
  npx priolab faults net.drop proc.crash
  npx priolab faults net.drop --show`,
  schema: `priolab schema scenario

Prints the JSON Schema of scenario files, made from what checks them. scenarios/scenario.schema.json
holds it; a YAML file names it in its first line for editors:
  # yaml-language-server: $schema=scenario.schema.json

Examples
  npx priolab schema scenario > scenarios/scenario.schema.json`,
  where: `priolab where <run> <report>

Says what became of one report of a stored run: who sent it, where it ended and why.
<run> is a folder that "priolab run" wrote, or its name below runs/.

Examples
  npx priolab where runs/us-day-1-0a1b2c3d 48211
  npx priolab where us-day-1-0a1b2c3d 0`,
};

/** Help of one command, or the general help where there is no such command. */
export function commandHelp(name: string): string {
  return Object.hasOwn(details, name) ? details[name]! : HELP;
}
