/** What `--help` prints. */

export const HELP = `priolab: simulate a Prio-style private measurement system and test it

  priolab new <name>           a scenario file to begin with, from a template
  priolab run <file...>        run scenarios, judge them, write runs/<id>-<seed>-<digest>/
  priolab watch <file>         run a scenario again whenever its files change
  priolab list [folder...]     the scenarios in a folder (default: scenarios)
  priolab check <file...>      validate scenarios and print what they would do
  priolab explain [term]       what a field, expectation, fault or exit code means
  priolab report [run]         a stored run as a page, tables, metrics and more
  priolab schema <kind>        the JSON Schema of scenario files and of what runs leave behind
  priolab where <run> <report> what became of one report
  priolab replay <capsule>     run it again and compare byte for byte
  priolab fork <capsule>       the same up to a moment, then with other randomness
  priolab fuzz [file]          a scenario under many seeds, each with its own faults
  priolab scale <file>         what a report costs, by reports and workers; what billions would
  priolab faults [id...]       every fault in a small scenario, and what came of it
  priolab ab <file> [file]     one world through two variants: which is better in what
  priolab compare <run> <run>  the same of two stored runs
  priolab keygen               new keys of a server, private halves in files of mode 0600
  priolab manifest <kind>      write the manifest in which a server publishes keys and buckets
  priolab manifest lint        what is wrong with one, and whether it fits its owner's keys
  priolab combine              add up the sum parts that two processors wrote to their buckets
  priolab portal <run>         serve a run's results on the authority's page
  priolab doctor               whether this machine can run priolab, and what is left out here
  priolab completion <shell>   complete commands, options, files and words in bash, zsh or fish
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
  --deployment <name>
                     memory, msw, http or processes: how uploads reach ingestors, and totals
                     the authorities (default: the scenario's)
  --workers <n>      worker threads; 0 runs in the main thread (default: one a core)
  --out <folder>     where runs are written (default: runs)
  --terse            for CI logs: a line for each scenario, and below it what did not pass, with
                     the command that repeats the run; the full text of a run is never cut short
                     because of where it is printed
  --report <list>    further outputs in the run's folder, such as md,csv; the names are those of
                     "priolab report --help"
  --profile          every stage with its time and its counted work, instead of bars
  --keep             leave the files of a deployment (keys, states, batches, logs) in the run's
                     folder, below deployment/; kept anyway where the run fails
  --json             print one JSON document to standard output, all else to standard error:
                     of one scenario its summary.json (schema priolab-run/1), of several
                     { schema: "priolab-runs/1", exitCode, runs: [{ file, folder, summary }],
                     notRun: [file] }; none where no run came to its end

All files are checked and planned before any is run; problems of all of them are listed. Then they
run one after the other in one process, each with its own folder and peak memory (a run alone may
take some MiB less: a process keeps memory that it had). The exit code is the worst one.
Same scenario and seed give the same results with any number of workers. Ctrl-C ends a run with what
was done so far, a second one ends it at once.

Standard output has the verdict, what failed and how to repeat it, all expectations, what was not
covered and known limits, then data flow, states and cost. Standard error shows how the run goes on:
on a terminal a live view of the pipeline (in ASCII where the locale is not UTF-8), elsewhere a line
every 5 seconds, or every 30 where CI is set. NO_COLOR=1 switches colours off, FORCE_COLOR=1 on
where there is no terminal; with TERM=dumb or CI set nothing is drawn over.

The folder of a run is <out>/<id>-<seed>-<digest8>/, the digest over scenario and seed;
<out>/latest leads to the newest one. In GitHub Actions (GITHUB_ACTIONS=true) what did not pass is
annotated, and the run is added to the step summary.

Examples
  npx priolab run scenarios/smoke.scenario.ts
  npx priolab run scenarios/us-day.scenario.ts --reports 500000 --workers 2
  npx priolab run scenarios/smoke.scenario.ts --deployment http
  npx priolab run scenarios/*/*.scenario.* --terse
  npx priolab run scenarios/smoke.scenario.ts --report md,csv,parquet
  npx priolab run scenarios/*.scenario.ts --json > summaries.json`,
  new: `priolab new <name> [options]

  --from <template>  smoke: the whole system in a second (default); day: a day of four states, to
                     see what noise does; faults: simulated time, a network and servers that fail;
                     cheats: devices that break the protocol
  --yaml             as data, the form for files that you don't trust (default)
  --ts               as code, typed in editors
  --dir <folder>     where it goes (default: scenarios)

Writes <folder>/<name>.scenario.yaml (or .ts), commented and valid, with <name> as its id:
lower-case words joined by "-", with "/" between a folder and the rest. A file that exists is left
alone.

Examples
  npx priolab new my-first
  npx priolab new outages/my-second --from faults
  npx priolab new typed --from day --ts`,
  watch: `priolab watch <file> [options]

  --reports <n>      reports in each run, to keep it quick (default: the scenario's)
  --seed <text>      seed of all randomness (default: the scenario's)
  --workers <n>      worker threads; 0 runs in the main thread (default: one a core)

Runs a scenario, and again whenever its file changes, or one that it imports or is built on. Says
the verdict, which expectations turned since the run before, and whether results are the same. A
run that is under way is stopped by a change. Nothing is written: "priolab run" is for that.
On a terminal Enter runs again and q ends it. Exit code: after q that of the last run that came to
its end (130 where none did), after Ctrl-C 130.

Examples
  npx priolab watch scenarios/smoke.scenario.ts
  npx priolab watch scenarios/us-day.scenario.ts --reports 2000`,
  doctor: `priolab doctor [--json] [--out <folder>]

Looks at Node, processor, WebAssembly, memory, clock, the noise of the machine (a second of P-256
multiplications), at every cryptographic backend against published answers, at the folder of runs
(--out, default: runs), and at what tests and tools use where it is there: git, PostgreSQL
(PRIOLAB_POSTGRES), Chromium (PRIOLAB_CHROMIUM), published vectors (PRIOLAB_VECTORS).
Each is ok, a note (something is left out, or not so good) or a problem, with what to do about it.
Passwords are never printed. Exit code: 0, with notes too; 2 where there is a problem, as of a run
that can't begin. --json prints one document (schema priolab-doctor/1).

Examples
  npx priolab doctor
  npx priolab doctor --json`,
  completion: `priolab completion bash|zsh|fish

Prints a script that completes commands, options, scenario files, runs, faults and words to explain.
The script asks this priolab, wherever it was called from; make it anew if the clone moves. It
completes the word "priolab", so the shell must know it: by an alias, or on the PATH.

Examples
  alias priolab='npx priolab'
  source <(npx priolab completion bash)      # in zsh after compinit: completion zsh
  npx priolab completion fish | source`,
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
A field may stand with its path, as in "with" and "priolab ab".

Examples
  npx priolab explain sum.exact
  npx priolab explain cli.forge
  npx priolab explain system.windowHours
  npx priolab explain proof-invalid batches-differ
  npx priolab explain 7`,
  replay: `priolab replay <capsule> [--workers <n>]

Runs what a capsule holds once more and compares results, fates, events and verdict byte for byte;
memory and throughput, which depend on the machine, are left out. Ctrl-C ends it with 130.
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
  scale: `priolab scale <file> [options]

  --reports <n>,...  counts of reports (default: 1000,3000,10000,30000)
  --workers <n>,...  numbers of workers (default: one, and one a core)
  --repeat <n>       how often each is run (default: 3)
  --seed <text>      seed of all randomness (default: the scenario's)
  --out <folder>     where the grid's folder goes (default: runs)
  --resume           go on with a grid that was stopped, or make it larger
  --json             print scale.json (schema priolab-scale/1) to standard output
  --svg, --html      also write the plots as scale.svg, and with tables as scale.html

Runs a scenario with every count and every number of workers, in an order that is balanced against a
machine that gets slower, each run in a process of its own. Tells what a report costs, in time and
in P-256 multiplications, what more workers are worth, whether memory grows, where it stops being
linear, and what two billion device metrics would take; each with a 95 % interval. Refused where
there are fewer than three counts, where a cost is not known to 25 %, or where time is not linear
(exit code 7). A run with a wrong result ends the grid, with its exit code. Ctrl-C keeps what is
done. The folder is <out>/scale-<id>-<seed>-<digest8>/: scale.json, points.csv, points.ndjson.

Examples
  npx priolab scale scenarios/us-day.scenario.ts
  npx priolab scale scenarios/us-day.scenario.ts --reports 5000,20000,100000 --workers 1,2 --html
  npx priolab scale scenarios/us-day.scenario.ts --repeat 5 --resume`,
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
  combine: `priolab combine --pha <bucket> --facilitator <bucket>
        --pha-manifest <file> --facilitator-manifest <file> [options]

  --pha, --facilitator <bucket>  where each processor's sum parts are: a folder's path or
                                 s3://region/bucket[/prefix]
  --pha-manifest <file>, --facilitator-manifest <file>
                                 manifests with the keys that sign them
  --instance <name>,...          only these instances, such as us-wa-apple
  --json                         print one JSON document (schema priolab-combination/1)

Pairs sum parts by instance, aggregation and window, and prints totals and estimates of those that
fit: the same parameters, batches, number of clients and refused reports. The others are held and
named, and so is what can't be read or is not signed by the manifest's keys. When a key expires does
not matter: a sum part may be older than that. Take a key that must not be trusted any more out of
the manifest. S3 takes its credentials from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, another
server from AWS_ENDPOINT_URL_S3. Exit code: 0 all paired, 1 something held or unreadable, 2 usage,
6 nothing there.

Examples
  npx priolab combine --pha sums-pha --facilitator sums-facilitator \\
    --pha-manifest pha/us-wa-apple-manifest.json \\
    --facilitator-manifest facilitator/us-wa-apple-manifest.json
  npx priolab combine --pha s3://us-west-1/sums/pha --facilitator s3://us-west-1/sums/facilitator \\
    --pha-manifest pha.json --facilitator-manifest facilitator.json --instance us-wa-apple --json`,
  portal: `priolab portal <run or scenario file> [options]

  --port <n>            the port on 127.0.0.1 (default: a free one)
  --state <id>,...      only these states, such as us-wa (default: all of the run)
  --live <seconds>      let the run's windows appear one after the other, so many seconds apart
  --minimum <n>         with fewer contributions a window is suppressed (default: 100)
  --suppress-below <n>  bins with fewer people are hidden; 0: none (default: 0)
  --out <folder>        where runs are written (default: runs)

Serves the results of a run as health authorities see them: each state has a key of its own, which
is printed once and opens that state only. A scenario file is run first, unless its run is there.
In simulated time its windows appear while it runs, as the combiner publishes them; on the wall
clock all are published at the end, and --live replays them in their order.
Nothing is stored: results and keys are in memory, and Ctrl-C ends them.

Examples
  npx priolab portal runs/smoke-1-53d0a8aa
  npx priolab portal scenarios/fortnight.scenario.ts --live 2
  npx priolab portal scenarios/faults/network.scenario.ts --minimum 0`,
  schema: `priolab schema scenario
priolab schema summary
priolab schema scale
priolab schema comparison

scenario prints the JSON Schema of scenario files, made from what checks them.
scenarios/scenario.schema.json holds it; a YAML file names it in its first line for editors:
  # yaml-language-server: $schema=scenario.schema.json

summary prints the JSON Schema of what a run leaves in summary.json, scale that of scale.json, which
"priolab scale" leaves, comparison that of comparison.json, of "priolab ab" and "compare". All three
are closed: what they do not name is not there. The version stands in the field "schema": it stays
where fields are added, and changes with any other change.

Examples
  npx priolab schema scenario > scenarios/scenario.schema.json
  npx priolab schema summary > summary.schema.json`,
  ab: `priolab ab <file> [<file>] [options]

  --a, --b <path=value>  what a or b says otherwise than its file, the value in YAML; may stand
                     several times: --b system.epsilon=4 --b services.legacy=[per-batch-dedup]
  --a-at, --b-at <folder>
                     another checkout of Priolab, whose command line runs that side; both sides
                     then run in processes of their own
  --seeds <n>        both sides in n worlds, seeds 1 to n, pooled into one card: of worlds in
                     general. From 6 on differences can be told
  --repeat <n>       timed runs of each side, a, b, a, b, ..., after one to warm up: CPU time is
                     judged from 4 on, its stages from 6 on (default: 1)
  --seed, --reports, --workers
                     as for run, of both sides
  --out <folder>     where the folder of the comparison is made (default: runs)
  --json             print the comparison as JSON (schema priolab-comparison/1)
  --markdown         print the card in Markdown, for a pull request
  --fail-on worse    exit code 1 where b is worse in anything

Runs one world twice: the same devices, values, network and faults, drawn by name from one seed
(common random numbers), through two variants of the system. The card says of accuracy, privacy,
losses, detection, bytes and CPU whether b is better, the same, worse, or that it can't be told, and
what that rests on (docs/COMPARING.md). One file is both sides; with no option it is compared with
itself. In <out>/ab-<id>-<seed>-<digest8>/: card.html, card.md, comparison.json, runs a and b.

Exit code: 0 where the comparison was made, whatever verdict the runs have and whatever it says (but
see --fail-on); 7 where the two have no world in common; 8 where a side that was repeated gave other
results.

Examples
  npx priolab ab scenarios/smoke.scenario.ts --a system.epsilon=8 --b system.epsilon=4
  npx priolab ab scenarios/incidents/04-undecryptable-packet.scenario.yaml \\
    --a services.legacy=[poison-drops-batch]
  npx priolab ab scenarios/smoke.scenario.ts --a crypto.backend=node --repeat 6
  npx priolab ab scenarios/faults/network.scenario.ts --b services.network.retry.attempts=2 \\
    --seeds 10
  npx priolab ab scenarios/smoke.scenario.ts --a 'system.metrics=[{id: poll, bins: 20}]' \\
    --b 'system.metrics=[{id: poll, bins: 40}]'
  npx priolab ab scenarios/smoke.scenario.ts --a-at ../priolab-main --fail-on worse`,
  compare: `priolab compare <run> <run> [options]

  --out <folder>     where card.html, card.md and comparison.json are written (default: nowhere)
  --json, --markdown, --fail-on worse
                     as for ab

Holds the second stored run against the first, as "priolab ab" does. <run> is a folder that
"priolab run" or "priolab ab" wrote, or its name below runs/. Runs of other seeds or populations
have no world in common: the card then says where their scenarios differ, judges only what follows
from settings, and the exit code is 7.

Examples
  npx priolab compare runs/smoke-1-0a1b2c3d ../main/runs/smoke-1-0a1b2c3d
  npx priolab compare smoke-1-0a1b2c3d smoke-1-4e5f6a7b --markdown
  npx priolab compare runs/ab-smoke-1-to-10-0a1b2c3d/seed-3/a latest --out card --fail-on worse`,
  keygen: `priolab keygen --out <folder> --name <name> [--kind packet|signing|both]

Makes key pairs on P-256 and writes their private halves, readable by their owner alone:
  <name>.packet-key    opens packets: base64 of the 65-byte point and the 32-byte scalar
  <name>.signing-key   signs batches: base64 of PKCS#8
The public halves are printed. A file that exists is never written over: a key that is in use and
lost takes its packets with it.

Examples
  npx priolab keygen --out keys --name nih-2
  npx priolab keygen --out keys --name google --kind signing`,
  manifest: `priolab manifest processor|ingestor|global|portal [options] --out <file>
priolab manifest lint <kind> <file> [options]

Writes a manifest of a kind (processor: of one instance; global: of a processor as a whole).
  processor  --ingestion-bucket <url> --peer-validation-bucket <url> --common-name <name>
             --signing-key <id>=<file>[,<expiration>] --packet-key <id>=<file>
             [--ingestion-identity <name>] [--peer-validation-identity <name>]
  ingestor   --gcp-service-account-email <address> --signing-key <id>=<file>[,<expiration>]
             [--aws-iam-entity <arn>] [--gcp-service-account-id <id>]
  global     --gcp-service-account-email <address>
             [--aws-account-id <number> | --gcp-service-account-id <digits>]
  portal     --facilitator-sum-part-bucket <url> --pha-sum-part-bucket <url>
Buckets are s3://region/name[/prefix], gs://name[/prefix] or a path. While keys change, options of
keys stand several times. What lint has to say is printed to standard error.

lint prints errors and warnings. Exit code 0: no errors, 1: errors, 2: usage.
  --packet-key <file>         a packet key of the owner; every listed one must be among them
  --signing-key <id>=<file>   a key that the owner signs with; must be listed under this id
  --now <time>                when keys are judged as expired or not (default: now)

Examples
  npx priolab manifest processor --ingestion-bucket s3://us-west-1/in \\
    --peer-validation-bucket s3://us-west-1/peer --common-name nih.example.org \\
    --packet-key p2=keys/nih-2.packet-key \\
    --signing-key s2=keys/nih-2.signing-key,2030-01-31T00:00:00Z --out us-ca-g-enpa-manifest.json
  npx priolab manifest portal --facilitator-sum-part-bucket gs://sums-1 \\
    --pha-sum-part-bucket gs://sums-0 --out global-manifest.json
  npx priolab manifest lint processor us-ca-g-enpa-manifest.json \\
    --packet-key keys/nih-2.packet-key --signing-key s2=keys/nih-2.signing-key`,
  report: `priolab report [run] [options]

  --html             report.html: one page to look at, which needs nothing else (default)
  --md               report.md: Markdown for a pull request
  --junit            junit.xml: test results for CI
  --csv              csv/: a file for each table, for spreadsheets
  --parquet          parquet/: the same tables, for data frames and DuckDB
  --otlp             otlp.json: metrics for an OpenTelemetry collector
  --prometheus       openmetrics.txt: metrics for Prometheus
  --out <folder>     where to write (default: the folder of the run); - prints one file to
                     standard output

Renders a stored run again, from its summary.json alone. <run> is a folder that "priolab run" wrote,
or its name below runs/; without it runs/latest, the newest one. The exit code is 0 whatever the
run's verdict is. docs/RESULTS.md describes every file, column and unit.

Examples
  npx priolab report
  npx priolab report runs/latest --csv --parquet --out results
  npx priolab report smoke-1-53d0a8aa --md --out - | gh pr comment --body-file -`,
  where: `priolab where <run> <report>

Says what became of one report of a stored run: who sent it, where it ended and why.
<run> is a folder that "priolab run" wrote, or its name below runs/; runs/latest is the newest one.

Examples
  npx priolab where runs/latest 4711
  npx priolab where runs/us-day-1-0a1b2c3d 48211
  npx priolab where us-day-1-0a1b2c3d 0`,
};

/** Help of one command, or the general help where there is no such command. */
export function commandHelp(name: string): string {
  return Object.hasOwn(details, name) ? details[name]! : HELP;
}
