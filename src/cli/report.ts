/** The report of a run: what goes into reports/index.html. */
import { SUITES } from '../../properties/index.ts';
import type { Network } from '../model/network.ts';
import { reportHtml } from '../report/html.ts';
import { type Report, type ReportBug, type ReportMachine, reportMachines, type ReportSuite } from '../report/model.ts';
import { writeFiles } from '../report/write.ts';

/** A report with every machine of the model. */
export function fullReport(suites: readonly ReportSuite[], bugs: readonly ReportBug[]): Report {
  return {
    title: 'rxproof: the Linux packet receive path',
    about:
      "From the NIC's DMA write to the return of recvfrom(): each stage is a state machine, the machines are composed, and every interleaving within the stated bounds is explored.",
    suites,
    bugs,
    machines: allMachines(),
  };
}

/** Every machine that some suite uses, once. */
export function allMachines(): ReportMachine[] {
  return reportMachines(allNetworks());
}

function allNetworks(): Network[] {
  return SUITES.map((suite) => suite.build().network);
}

/** Writes `folder`/index.html. */
export async function writeReport(report: Report, folder: string): Promise<void> {
  writeFiles(folder, new Map([['index.html', await reportHtml(report)]]));
}
