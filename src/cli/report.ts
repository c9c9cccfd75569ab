/** The report of a run: what goes into reports/index.html. */
import { ENDS, NOT_PLANTED, STORIES, SUITES, UNREACHED } from '../../properties/index.ts';
import type { Coverage } from '../explore/coverage.ts';
import type { Network } from '../model/network.ts';
import { reportHtml, storyPages } from '../report/html.ts';
import { type Report, type ReportBug, type ReportMachine, reportMachines, type ReportSuite } from '../report/model.ts';
import { writeFiles } from '../report/write.ts';

/** A report with every machine of the model. `coverage` is of all suites, where there is one. */
export function fullReport(suites: readonly ReportSuite[], bugs: readonly ReportBug[], coverage: Coverage = new Map()): Report {
  return {
    title: 'rxproof: the Linux packet receive path',
    about:
      "From the NIC's DMA write to the return of recvfrom(): each stage is a state machine, the machines are composed, and every interleaving within the stated bounds is explored.",
    suites,
    bugs,
    machines: allMachines(),
    stories: STORIES,
    ...(bugs.length === 0 ? {} : { tables: [ENDS] }),
    ...(bugs.length === 0 ? {} : { unplanted: Object.entries(NOT_PLANTED).map(([row, why]) => ({ row, why })) }),
    arms: [...coverage].flatMap(([machine, own]) =>
      [...own].map(([arm, fired]) => ({ machine, arm, fired, why: UNREACHED[`${machine}: ${arm}`] })),
    ),
  };
}

/** Every machine that some suite uses, once. */
export function allMachines(): ReportMachine[] {
  return reportMachines(allNetworks());
}

function allNetworks(): Network[] {
  return SUITES.map((suite) => suite.build().network);
}

/** Writes `folder`/index.html, and the pages beside it. */
export async function writeReport(report: Report, folder: string): Promise<void> {
  writeFiles(folder, new Map([['index.html', await reportHtml(report)], ...storyPages(report)]));
}
