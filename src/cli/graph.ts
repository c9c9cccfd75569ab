/** `rxproof graph`: the statechart of each machine, and the state graph of a small network, as SVG, DOT and Mermaid. */
import { chartDot, graphDot } from '../export/dot.ts';
import { chartMermaid, graphMermaid } from '../export/mermaid.ts';
import { chartOf } from '../export/statechart.ts';
import { stateGraph } from '../export/stategraph.ts';
import { UsageError } from '../model/error.ts';
import { statechartSvg } from '../report/statechartSvg.ts';
import { stategraphSvg } from '../report/stategraphSvg.ts';
import { writeFiles } from '../report/write.ts';
import { allMachines } from './report.ts';
import { type Selection, selectSuites, valuesOf } from './select.ts';
import type { ExitCode } from './verdict.ts';

export interface GraphFlags extends Selection {
  readonly out: string;
}

/** A network whose every state fits on a page: one datagram, one reader, the whole wait and wakeup. */
const SMALL = { network: 'socket/6.12-one-reader', scenario: ['packets=1', 'modes=block'] };

/** Writes the pictures into a folder. */
export async function graphCommand(flags: GraphFlags): Promise<ExitCode> {
  const files = new Map<string, string>();
  for (const { name, machine } of allMachines()) {
    const chart = chartOf(machine);
    files.set(`${name}.svg`, await statechartSvg(chart, { standalone: true }));
    files.set(`${name}.dot`, chartDot(chart));
    files.set(`${name}.mmd`, chartMermaid(chart));
  }
  const chosen: Selection = flags.network === undefined ? SMALL : flags;
  const suite = selectSuites(chosen)[0];
  if (suite !== undefined) {
    const graph = stateGraph(suite.build(valuesOf(chosen)).network);
    const name = `states-${suite.id.replaceAll('/', '-')}`;
    files.set(`${name}.svg`, await stategraphSvg(graph, { standalone: true }));
    files.set(`${name}.dot`, graphDot(graph));
    process.stdout.write(`${name}: ${graph.states.length} states, ${graph.edges.length} transitions\n`);
    try {
      files.set(`${name}.mmd`, graphMermaid(graph));
    } catch (error) {
      // The other pictures of it are there.
      if (!(error instanceof UsageError)) throw error;
      process.stdout.write(`no ${name}.mmd: ${error.message}\n`);
    }
  }
  writeFiles(flags.out, files);
  process.stdout.write(`${files.size} files in ${flags.out}\n`);
  return 0;
}
