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
import { type Recording, readRecording } from './recording.ts';
import type { Accepted, ConformResult, Subject } from './result.ts';
import { socketsOf } from './sockets.ts';
import { isElsewhere, type Survey, surveyOf } from './survey.ts';
import { agreeing, counterTruth, readersTruth } from './truth.ts';
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

/** Checks the trace at `path`, for each of its sockets. Throws a UsageError for bad use and for a file that is no evidence. */
export function conform(path: string, options: ConformOptions = {}): ConformResult {
  const recording = readRecording(path);
  const silent = options.watched?.figures.silent;
  const sockets = [...new Set(socketsOf(recording.lines).values())];
  if (sockets.length < 2) return conformOne(recording, surveyOf(recording, undefined, silent), options);
  const accepted: (Accepted & ConformResult)[] = [];
  for (const socket of sockets) {
    const result = conformOne(recording, surveyOf(recording, socket, silent), options);
    if (result.kind !== 'accepted') return result;
    accepted.push(result);
  }
  return together(recording, accepted);
}

/** Of a trace that is accepted for each of its sockets: the run for the first one, and the sums that meta.json knows. */
function together(recording: Recording, [first, ...others]: readonly (Accepted & ConformResult)[]): ConformResult {
  if (first === undefined) throw new Error('a trace of several sockets has one');
  const all = [first, ...others];
  const sum = (name: string): number =>
    all.flatMap(({ counters }) => counters.filter((one) => one.name === name)).reduce((total, { value }) => total + value, 0);
  const told = readersTruth(recording).filter(({ name, value }) => sum(name) === value);
  const counters = first.counters.map((one) => {
    const whole = told.find(({ name }) => name === one.name);
    return whole === undefined ? one : { ...one, value: whole.value, operator: whole.operator };
  });
  const states = all.reduce((total, one) => total + one.states, 0);
  const notes = [...first.subject.notes, `accepted for each of ${all.length} UDP sockets; this is the run for the first`];
  const wrong = readersTruth(recording).find(({ name, value }) => sum(name) !== value);
  if (wrong === undefined) return { ...first, counters, states, subject: { ...first.subject, notes } };
  const why = `${wrong.name} of all sockets is ${sum(wrong.name)}, and ${wrong.operator} in meta.json ${wrong.value}.`;
  return {
    kind: 'rejected',
    line: undefined,
    text: undefined,
    why,
    blockers: [],
    run: first.run,
    instead: [],
    subject: first.subject,
    states,
  };
}

function conformOne(recording: Recording, survey: Survey, options: ConformOptions): ConformResult {
  const { path } = recording;
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

function rolesOf(survey: Survey): string[] {
  const { readers, cpus, device, devices, vectors, packets, socket } = survey;
  const known = cpus.flatMap((cpu, index) => (cpu === undefined ? [] : [`CPU ${cpu} of the trace is CPU ${index} of the model`]));
  const tasks = readers.map(
    ({ comm, pid, cpu, moves }, index) => `${comm} (pid ${pid}, ${moves ? 'on several CPUs' : `CPU ${cpu}`}) is reader ${index}`,
  );
  const others = packets.filter((_, packet) => isElsewhere(survey, packet)).length;
  const one = socket ? [`socket ${socket.address} is that of the model, ${others} of ${packets.length} packets are for others`] : [];
  const names = devices.length === 0 ? 'no packet arrives' : `packets arrive on ${devices.join(' and ')}`;
  return [...known, ...tasks, ...one, `${names} (${device}${vectors.length > 0 ? `, interrupt ${vectors.join(', ')}` : ''})`];
}
