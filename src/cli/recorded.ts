/** The commands about recorded traces: their options. */
import { type Command, Option } from 'commander';
import { type ConformFlags, conformCommand } from './conform.ts';
import { positive, whole } from './flags.ts';
import { type RecordFlags, recordCommand } from './record.ts';

/** Adds `conform` and `record`; `exitWith` takes their exit codes. */
export function addRecorded(command: Command, exitWith: (code: number) => void): void {
  addConform(command, exitWith);
  addRecord(command, exitWith);
}

function addConform(command: Command, exitWith: (code: number) => void): void {
  command
    .command('conform')
    .description('check a recorded trace against the model; a meta.json beside it tells kernel and ground truth')
    .argument(
      '<trace>',
      'a tracefs `trace` file, plain or with gzip; a trace.dat, or what `trace-cmd report -l -N` prints of it; or a folder of them',
    )
    .option('--packet <number>', 'tell the life of one packet, numbered from 1 by arrival', positive)
    .option('--summary', 'latency between stages, drops by cause, wakeups, batch sizes')
    .option('--perfetto <file>', 'write a timeline for https://ui.perfetto.dev')
    .option('--out <file>', 'of a folder of recordings: where the table goes')
    .addOption(
      new Option('--changes <count>', 'of a folder: lines of each recording that are changed, to see what is noticed')
        .default(0)
        .argParser(whole),
    )
    .addOption(new Option('--seed <number>', 'which lines are changed').default(1).argParser(whole))
    .option('--profile <kernel>', '6.12 or 6.18, where meta.json does not tell')
    .option('--scenario <key=value...>', 'bounds that differ from what the trace asks for')
    .option('--states-max <count>', 'end beyond this many states: unknown', positive)
    .addHelpText(
      'after',
      `
Examples:
  rxproof conform test/fixtures/traces/local-s01_blocking_one/trace.txt
  rxproof conform trace.txt --profile 6.12 --scenario rcvbuf=212992
  rxproof conform recordings --changes 25 --out reports/conformance.md
  rxproof conform trace.dat --summary --packet 7 --perfetto timeline.json`,
    )
    .action(async (path: string, flags: ConformFlags) => exitWith(await conformCommand(path, flags)));
}

function addRecord(command: Command, exitWith: (code: number) => void): void {
  command
    .command('record')
    .description('record a trace of the receive path of this machine (Linux, root); with --demo it makes its own traffic')
    .argument('[command...]', 'record while this runs; until Ctrl-C if there is none')
    .option('--out <folder>', 'where trace.txt and meta.json go', 'recorded')
    .option('--tasks <name>', 'names of tasks whose scheduling is recorded, with *, to save room; threads may have names of their own')
    .option('--demo [k1]', 'make two network namespaces and the basic scenarios, and check them; k1 hunts for the lost wakeup K1')
    .addOption(new Option('--buffer <MiB>', 'for each CPU').default(32).argParser(positive))
    .addOption(new Option('--seconds <count>', 'how long to hunt').default(30).argParser(positive))
    .addHelpText(
      'after',
      `
Examples:
  sudo npm run -s rxproof -- record --out recorded -- ./server
  sudo npm run -s rxproof -- record --demo
  sudo npm run -s rxproof -- record --demo k1 --seconds 60`,
    )
    .action(async (words: readonly string[], flags: RecordFlags) => exitWith(await recordCommand(words, flags)));
}
