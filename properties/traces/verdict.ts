/** From the answer of the search to a verdict: why a line cannot be, and whether the end is as meta.json tells it. */
import type { Answer } from '../../src/conform/accept.ts';
import { compareRuns, type Node, pathTo } from '../../src/conform/closure.ts';
import { type Diagnosis, diagnose, falseAt } from '../../src/conform/diagnose.ts';
import type { Seen, SeenState, SeenStep } from '../../src/conform/seen.ts';
import { revealedText } from '../../src/conform/shows.ts';
import { UsageError } from '../../src/model/error.ts';
import type { Network, Revealed } from '../../src/model/network.ts';
import { replay, type Trace } from '../../src/trace/replay.ts';
import { COUNTERS } from '../../models/networks/parts.ts';
import type { Path } from './book.ts';
import type { Recording } from './recording.ts';
import type { CounterReading, RunStep, Verdict } from './result.ts';
import type { Survey } from './survey.ts';
import { agreeing, callDisagreements, type CounterTruth, coversTruth } from './truth.ts';

/** A trace and the network that is to explain it. */
export interface Case {
  readonly recording: Recording;
  readonly survey: Survey;
  readonly network: Network;
  readonly n: Path;
  readonly seen: readonly Seen[];
  readonly records: (revealed: Revealed) => boolean;
  readonly truth: readonly CounterTruth[];
}

/** Concludes. Throws a UsageError (65) where nothing speaks against the trace, and the file is not whole. */
export function verdictOf(one: Case, answer: Answer): Verdict {
  switch (answer.kind) {
    case 'impossible':
      return impossible(one, answer.seen, answer.nodes);
    case 'contradicted': {
      const { line, text, why } = answer.seen;
      const run = runTo(one, fewest(answer.nodes));
      return { kind: 'rejected', line, text, why: `The trace contradicts itself: ${why}.`, blockers: [], run, instead: [] };
    }
    case 'unknown':
      return { kind: 'unknown', limit: answer.limit, line: answer.seen?.line };
    case 'unsettled':
      return atEnd(one, answer.nodes) ?? refuseDamage(one);
    case 'accepted':
      return atEnd(one, [answer.node]) ?? accepted(one, answer.node);
  }
}

function impossible({ network, records }: Case, seen: SeenStep | SeenState, nodes: readonly Node[]): Verdict {
  const diagnosis = diagnose(network, records, seen, nodes);
  const { node, trace, instead, neverShown } = diagnosis;
  const blockers = neverShown === undefined ? diagnosis.blockers : [];
  return {
    kind: 'rejected',
    line: seen.line,
    text: seen.text,
    why: whyImpossible(seen, diagnosis),
    blockers,
    run: runOf(trace, node),
    instead,
  };
}

function whyImpossible(seen: SeenStep | SeenState, { step, neverShown }: Diagnosis): string {
  if (seen.kind === 'state') return 'What the line says is true in no state that the lines before allow.';
  if (neverShown !== undefined) return `No step of the model ever shows ${neverShown}: within these bounds the model leaves it out.`;
  return `No state that the lines before allow can show ${revealedText(seen.shows)}; ${step?.label} comes closest.`;
}

/** Every line is explained: the calls and the counters must be those of the ground truth. Undefined if they are. */
function atEnd(one: Case, nodes: readonly Node[]): Verdict | undefined {
  const { recording, network, n, truth } = one;
  // A file that was cut off cannot be held to what happened after its end.
  if (recording.damage !== undefined && !coversTruth(recording)) return refuseDamage(one);
  const calls = callDisagreements(recording);
  const node = fewest(nodes);
  const { blockers } = falseAt(network, node, agreeing(n, truth));
  if (calls.length + blockers.length === 0) return recording.damage === undefined ? undefined : refuseDamage(one);
  const why =
    calls.length > 0
      ? `The trace disagrees with the programs: ${calls.join('; ')}.`
      : 'The counters disagree with meta.json once all is done.';
  return { kind: 'rejected', line: undefined, text: undefined, why, blockers, run: runTo(one, node), instead: [] };
}

function refuseDamage({ recording: { damage, path } }: Case): never {
  throw new UsageError(damage ?? `${path}: the trace ends where the model has no end`, 65);
}

function accepted(one: Case, node: Node): Verdict {
  const run = runTo(one, node);
  return { kind: 'accepted', run, counters: countersOf(one, node) };
}

function countersOf({ network, truth }: Case, node: Node): CounterReading[] {
  const last = replayed(network, node).states.at(-1)!;
  return COUNTERS.map((name) => {
    const { count } = last.get(name)!.context as { readonly count: number };
    return { name, value: count, operator: truth.find((told) => told.name === name)?.operator };
  });
}

function runTo({ network }: Case, node: Node): RunStep[] {
  return runOf(replayed(network, node), node);
}

/** Replayed on XState: nothing is reported that was not. */
function replayed(network: Network, node: Node): Trace {
  return replay(
    network,
    pathTo(node).map(({ step }) => step),
  );
}

function runOf({ steps }: Trace, node: Node): RunStep[] {
  const path = pathTo(node);
  return steps.map((step, index) => ({ ...step, line: path[index]!.line }));
}

function fewest(nodes: readonly Node[]): Node {
  return nodes.reduce((best, node) => (compareRuns(node, best) < 0 ? node : best));
}
