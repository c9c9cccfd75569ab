/** Whether a recorded trace is one that the model can produce: from a file to a verdict that can be read. */
import { accept } from '../../src/conform/accept.ts';
import type { Limits } from '../../src/conform/closure.ts';
import { UsageError } from '../../src/model/error.ts';
import type { Revealed, Value } from '../../src/model/network.ts';
import { boundsOf } from './bounds.ts';
import type { Watched } from '../monitors/watch.ts';
import { composedFor } from './network.ts';
import { observe, recordsStep } from './observe.ts';
import { beyondReach } from './reach.ts';
import { readRecording } from './recording.ts';
import type { ConformResult, Subject } from './result.ts';
import { type Survey, surveyOf } from './survey.ts';
import { agreeing, counterTruth } from './truth.ts';
import { verdictOf } from './verdict.ts';

/** What the user says, on top of what the trace and its meta.json do. */
export interface ConformOptions {
  readonly profile?: string | undefined;
  /** Bounds that differ from what the trace asks for. */
  readonly scenario?: Readonly<Record<string, Value>> | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** What the monitors saw: with it, a trace that shows what the network leaves out is refused (UsageError). */
  readonly watched?: Watched | undefined;
}

/** Who does the boot steps, which come before every trace. */
const SETUP = ['boot', 'ip link up'];

/** Checks the trace at `path`. Throws a UsageError for bad use and for a file that is no evidence. */
export function conform(path: string, options: ConformOptions = {}): ConformResult {
  const recording = readRecording(path);
  const survey = surveyOf(recording);
  const beyond = options.watched && beyondReach(recording, survey, options.watched);
  if (beyond !== undefined) throw new UsageError(`${path}: ${beyond}`, 65);
  const bounds = boundsOf(recording, survey, options.profile);
  const { network, n, scenario } = composedFor(survey, bounds, options.scenario);
  const { seen, ignored } = observe(recording, survey, n);
  const records = (revealed: Revealed): boolean => recordsStep(recording, revealed);
  const truth = counterTruth(recording, survey);
  const answer = accept({
    network,
    seen,
    records,
    setup: SETUP,
    atEnd: agreeing(n, truth),
    ...(options.limits && { limits: options.limits }),
  });
  const subject: Subject = {
    path: recording.path,
    kernel: recording.meta?.kernel,
    network: network.name,
    scenario,
    roles: rolesOf(survey),
    notes: [...recording.notes, ...bounds.notes],
    lines: recording.lines.length,
    used: seen.length,
    ignored,
  };
  return { ...verdictOf({ recording, survey, network, n, seen, records, truth }, answer), subject, states: answer.states };
}

function rolesOf({ readers, cpus, device, devices, vectors }: Survey): string[] {
  const known = cpus.flatMap((cpu, index) => (cpu === undefined ? [] : [`CPU ${cpu} of the trace is CPU ${index} of the model`]));
  const tasks = readers.map(
    ({ comm, pid, cpu, moves }, index) => `${comm} (pid ${pid}, ${moves ? 'on several CPUs' : `CPU ${cpu}`}) is reader ${index}`,
  );
  const names = devices.length === 0 ? 'no packet arrives' : `packets arrive on ${devices.join(' and ')}`;
  return [...known, ...tasks, `${names} (${device}${vectors.length > 0 ? `, interrupt ${vectors.join(', ')}` : ''})`];
}
