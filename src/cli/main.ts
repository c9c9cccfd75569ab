/** The command line: parsing, dispatch, and one place where an error becomes an exit code. */
import { Command, Option } from 'commander';
import { ModelError, UsageError } from '../model/error.ts';
import { EngineError } from '../trace/replay.ts';
import { type AgreeFlags, agreeCommand } from './agree.ts';
import { type BenchFlags, benchCommand } from './bench.ts';
import { type CertifyFlags, certifyCommand } from './certify.ts';
import { type CheckFlags, checkCommand } from './check.ts';
import { type ExportFlags, exportCommand } from './export.ts';
import { positive, reductions, whole } from './flags.ts';
import { type GraphFlags, graphCommand } from './graph.ts';
import { listCommand } from './list.ts';
import type { Selection } from './select.ts';
import { type MutantsFlags, mutantsCommand } from './mutants.ts';
import { addRecorded } from './recorded.ts';
import { type SwarmReportFlags, swarmReportCommand } from './swarmReport.ts';
import { type TraceFlags, traceCommand } from './trace.ts';
import { type WalkFlags, walkCommand } from './walk.ts';

const EXIT_CODES = `
Exit codes: 0 every verdict is the expected one; 1 an unexpected verdict; 2 a limit was reached (unknown);
3 a claim is vacuous; 64 and above: bad use, and nothing was written.`;

function program(): Command {
  const command = new Command('rxproof')
    .description('A formal model of the Linux packet receive path, and the checker that proves or refutes its properties.')
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', EXIT_CODES);
  addCheck(command);
  addTrace(command);
  addWalk(command);
  addRecorded(command, exitWith);
  addGraph(command);
  addEvidence(command);
  selectionOptions(command.command('list').description('list networks, properties, bugs and scenario keys')).action((flags: Selection) =>
    listCommand(flags),
  );
  return command;
}

/** --network, --profile and --scenario, which most commands share. */
function selectionOptions(command: Command): Command {
  return command
    .option('--network <name>', 'a suite (receive-path/1cpu) or all suites of a network (socket)')
    .option('--profile <kernel>', 'article (3.10), 6.1, 6.12 or 6.18')
    .option('--scenario <key=value...>', "bounds that differ from the suite's, for example packets=3 ring=4");
}

function addCheck(command: Command): void {
  selectionOptions(command.command('check'))
    .description('check properties exhaustively within bounds, and that planted bugs are found')
    .argument('[property...]', 'names of properties, or parts of names; all if none')
    .option('--states-max <count>', 'end a search beyond this many states: unknown', positive)
    .option('--time-max <seconds>', 'end a search after this time, and likewise the pass over its states that follows: unknown', positive)
    .option('--memory-max <MiB>', 'end a search beyond this much memory: unknown', positive)
    .addOption(new Option('--workers <count>', 'threads for each search; worth it above a million states').default(1).argParser(positive))
    .option('--checkpoint <file>', 'write an unfinished search there, now and then and when it ends early')
    .addOption(new Option('--checkpoint-every <seconds>', 'how often').default(60).argParser(positive))
    .option('--resume <file>', 'go on from a checkpoint')
    .addOption(
      new Option(
        '--reduce <ways>',
        'smaller searches: symmetry (of states that exchanges take to one another, one), por (of many orders of independent steps, one), or both with a comma; claims that they cannot decide are left out',
      ).argParser(reductions),
    )
    .option('--no-bugs', 'do not check the planted bugs')
    .option('--deep', 'larger bounds, of the suites that have some; minutes and gigabytes')
    .option('--json', 'print JSON instead of a table')
    .option('--report <folder>', 'write index.html there (a full check writes reports/index.html)')
    .addHelpText(
      'after',
      `
Examples:
  rxproof check
  rxproof check 'sleeps for ever' --network socket
  rxproof check --network receive-path/1cpu --scenario packets=2 ring=4 weight=1
  rxproof check --network ring --profile 6.12 --json
  rxproof check --network socket --scenario readers=3 --reduce symmetry
  rxproof check --network receive-path/2cpu --scenario packets=3 --states-max 100000000 --workers 2`,
    )
    .action(async (words: string[], flags: CheckFlags) => exitWith(await checkCommand(words, flags)));
}

function addTrace(command: Command): void {
  selectionOptions(command.command('trace'))
    .description('print the counterexample or witness of a property as a proof to read')
    .argument('<property>', 'name of a property, or a part that fits only one')
    .option('--bug <id>', 'plant this bug first')
    .addHelpText(
      'after',
      `
Examples:
  rxproof trace 'sleeps for ever' --network wakeup/two-readers
  rxproof trace 'stuck in the ring' --bug no-latch
  rxproof trace 'port-unreachable is sent only' --network stack/article`,
    )
    .action(async (word: string, flags: TraceFlags) => exitWith(await traceCommand(word, flags)));
}

function addWalk(command: Command): void {
  selectionOptions(command.command('walk'))
    .description('walk at random at large bounds; finds counterexamples, proves nothing')
    .option('--bug <id>', 'plant this bug first')
    .addOption(new Option('--seed <number>', 'where the random numbers start').default(1).argParser(whole))
    .addOption(new Option('--walks <count>', 'walks in each suite').default(200).argParser(positive))
    .addOption(new Option('--length-max <steps>', 'steps in one walk').default(500).argParser(positive))
    .option('--path <path>', 'with the seed of an earlier run: take only that walk')
    .option('--time-max <seconds>', 'begin no walk after this time', positive)
    .addHelpText(
      'after',
      `
Examples:
  rxproof walk
  rxproof walk --network receive-path/2cpu --walks 1000 --seed 7
  rxproof walk --network ring/article --bug forget-missed`,
    )
    .action((flags: WalkFlags) => exitWith(walkCommand(flags)));
}

function addGraph(command: Command): void {
  selectionOptions(command.command('graph'))
    .description('draw every machine, and the states of a small network: SVG, DOT, Mermaid')
    .option('--out <folder>', 'where to', 'reports/graphs')
    .addHelpText(
      'after',
      `
Examples:
  rxproof graph
  rxproof graph --network stack/article --scenario packets=1 cpus=1 kinds=matched`,
    )
    .action(async (flags: GraphFlags) => exitWith(await graphCommand(flags)));
}

/** What others need in order not to have to believe us. */
function addEvidence(command: Command): void {
  selectionOptions(command.command('certify'))
    .description('write the reached states of each suite as a certificate, and check certificates with XState alone')
    .argument('[file...]', 'certificates to check; none: write and check those of the suites chosen')
    .option('--out <folder>', 'where to write them', 'reports/certificates')
    .action((files: string[], flags: CertifyFlags) => exitWith(certifyCommand(files, flags)));
  selectionOptions(command.command('mutants'))
    .description('every planted bug against every property: which of them it breaks, in how many steps; none may survive')
    .option('--json', 'print JSON')
    .option('--report <folder>', 'write the kill matrix as index.html there')
    .action(async (flags: MutantsFlags) => exitWith(await mutantsCommand(flags)));
  selectionOptions(command.command('agree'))
    .description('search each suite again with SPIN (and TLC, if TLA2TOOLS_JAR names its jar): counts and verdicts must be ours')
    .addOption(new Option('--states-max <count>', 'suites with more states are made smaller').default(60_000).argParser(positive))
    .option('--bugs', 'the planted bugs as well')
    .action(async (flags: AgreeFlags) => exitWith(await agreeCommand(flags)));
  selectionOptions(command.command('export'))
    .description('write networks as text for other engines: also as jobs, for searches that outgrow one machine')
    .addOption(new Option('--to <engine>', 'spin (Promela) or tlc (TLA+)').choices(['spin', 'tlc']).makeOptionMandatory())
    .option('--bug <id>', 'plant this bug first')
    .option('--out <folder>', 'where to', 'reports/export')
    .option('--swarm <jobs>', 'spin: a folder with so many different bitstate searches, to run anywhere', positive)
    .addOption(new Option('--job-memory <MB>', 'bitstate memory of each job').default(512).argParser(positive))
    .addOption(
      new Option('--job-depth <steps>', 'how deep a job goes; some go half, some twice as deep').default(10_000).argParser(positive),
    )
    .addOption(new Option('--seed <number>', 'where the differences between jobs start').default(1).argParser(whole))
    .option('--distributed', "tlc: with the commands of TLC's distributed mode")
    .addHelpText(
      'after',
      `
Examples:
  rxproof export --to spin --network ring/article
  rxproof export --to spin --swarm 8 --network receive-path/2cpu --scenario packets=4
  rxproof export --to tlc --distributed --network receive-path/2cpu`,
    )
    .action((flags: ExportFlags) => exitWith(exportCommand(flags)));
  command
    .command('swarm-report')
    .description('what the jobs of a swarm found, taken together: verdict, coverage, counterexamples replayed')
    .argument('<folder>', 'what export --to spin --swarm wrote, with the job folders in it')
    .option('--json', 'print JSON')
    .action((folder: string, flags: SwarmReportFlags) => exitWith(swarmReportCommand(folder, flags)));
  command
    .command('bench')
    .description('time this engine and others on the same models, and write a table')
    .addOption(new Option('--runs <count>', 'rounds').default(3).argParser(positive))
    .option('--deep', 'ten times larger models too')
    .option('--out <file>', 'where to', 'reports/bench.md')
    .action((flags: BenchFlags) => exitWith(benchCommand(flags)));
}

function exitWith(code: number): void {
  process.exitCode = code;
}

/** Commander's own errors and ours end here: one line that says what to do, and a code of 64 or above. */
function explainError(error: unknown): number {
  if (typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('commander.')) {
    return 'exitCode' in error && error.exitCode === 0 ? 0 : 64;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`rxproof: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof ModelError || error instanceof EngineError) {
    process.stderr.write(`rxproof: ${error.name}: ${error.message}\n`);
    return 70;
  }
  process.stderr.write(`rxproof: an error that should not happen: ${error instanceof Error ? error.stack : String(error)}\n`);
  return 70;
}

// A reader that stops reading (`| head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74));
try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = explainError(error);
}
