/** Random networks under random fairness: the same verdicts as the definition, and counterexamples that bear it out. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, type Verdict } from '../src/explore/check.ts';
import type { Observation } from '../src/model/component.ts';
import type { Network } from '../src/model/network.ts';
import { type Fairness, leadsTo } from '../src/model/property.ts';
import type { Trace } from '../src/trace/replay.ts';
import { at, dealt, type Edge, maze, type Naive, naive } from './liveness-toys.ts';
import { fire, type Global, globalKey, initialGlobal, interpret, satisfies } from './oracle.ts';
import { build, networkShape } from './random.ts';

const OWNERS = 3;
/** The naive checker is slow; most random networks are small. */
const STATES_MAX = 40;

type Role = 'weak' | 'strong' | 'unfair';

interface Claim {
  readonly net: Network;
  readonly from: Observation[];
  readonly to: Observation[];
}

interface Sample extends Claim {
  readonly fairness: Fairness;
  readonly slow: Naive;
  readonly verdict: Verdict;
}

/** Random networks of a few machines: mostly trees that end. */
const networks: fc.Arbitrary<Claim> = networkShape.map((shape) => {
  const { network, goal } = build(shape);
  return { net: dealt(network, OWNERS), from: goal.slice(1), to: goal.slice(0, 1) };
});

const edge = fc
  .tuple(fc.nat(4), fc.nat(4), fc.constantFrom('o0', 'o0', 'o0', 'o1', 'o2', 'env'))
  .map(([from, to, owner]): Edge => [`s${from}`, `s${to}`, owner]);

/** Owner o0 goes round, at first between two states; the others interrupt and are interrupted. */
const ROUND: readonly Edge[] = [
  ['s0', 's1', 'o0'],
  ['s1', 's0', 'o0'],
];

const mazes: fc.Arbitrary<Claim> = fc
  .record({ edges: fc.array(edge, { minLength: 4, maxLength: 12, size: 'max' }), from: fc.nat(4), to: fc.nat(4) })
  .map(({ edges, from, to }) => {
    const net = maze(...new Map([...ROUND, ...edges].map((one) => [one.join(), one])).values());
    return { net, from: [...at(net, `s${from}`, 's0')[0]!], to: [...at(net, `s${to}`)[0]!] };
  });

const samples: fc.Arbitrary<Sample | undefined> = fc
  .record({
    claim: fc.oneof({ weight: 9, arbitrary: mazes }, { weight: 1, arbitrary: networks }),
    roles: fc.array(fc.constantFrom<Role>('weak', 'weak', 'strong', 'unfair'), { minLength: OWNERS, maxLength: OWNERS }),
    willing: fc.boolean(),
  })
  .map(({ claim: { net, from, to }, roles, willing }) => {
    const graph = interpret(net);
    if (graph.states.size > STATES_MAX) return undefined;
    const own = net.instances().filter((step) => step.environment !== true);
    const named = (role: Role) => [...new Set(own.map(({ owner }) => owner))].filter((owner) => roles[Number(owner.slice(1))] === role);
    const environment = net.instances().find((step) => step.environment === true);
    const fairness = {
      strong: named('strong'),
      unfair: named('unfair'),
      willing: willing && environment !== undefined ? [environment.name] : [],
    };
    const verdict = check(net, [leadsTo('claim', [from], [to], fairness)]).results[0]!.verdict;
    return { net, from, to, fairness, slow: naive(net, graph, from, to, fairness), verdict };
  });

describe('on random mazes and networks', () => {
  test('the verdict is the one that the definition gives', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        if (sample === undefined) return;
        const { slow, verdict } = sample;
        expect(verdict.tag).toBe(slow.violated ? 'violated' : slow.reached ? 'holds' : 'vacuous');
      }),
      { numRuns: 2000 },
    );
  });

  test('a counterexample is a fair run that avoids the end, and the shortest one that comes to rest', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        if (sample?.verdict.tag !== 'violated' || sample.verdict.trace === undefined) return;
        const { trace } = sample.verdict;
        const states = replayed(sample.net, trace);
        const loop = trace.loop ?? Number.NaN;
        expect(globalKey(states.at(-1)!)).toBe(globalKey(states[loop]!));
        const open = states.findIndex(
          (state, at) => satisfies(state, sample.from) && !states.slice(at).some((one) => satisfies(one, sample.to)),
        );
        expect(open).toBeGreaterThanOrEqual(0);
        expect(open).toBeLessThanOrEqual(loop);
        expect(
          starved(
            sample,
            states.slice(loop),
            trace.steps.slice(loop).map(({ step }) => step.label),
          ),
        ).toEqual([]);
        if (sample.slow.rest !== undefined) expect([loop, trace.steps.length]).toEqual([sample.slow.rest, sample.slow.rest]);
      }),
      { numRuns: 1000 },
    );
  });

  test('all kinds of answers come up', () => {
    const all = fc.sample(samples, { numRuns: 800, seed: 11 }).flatMap((sample) => sample ?? []);
    const count = (holds: (one: Sample) => boolean): number => all.filter(holds).length;
    const endless = ({ verdict }: Sample): boolean =>
      verdict.tag === 'violated' && verdict.trace !== undefined && verdict.trace.steps.length > (verdict.trace.loop ?? 0);
    const flips = (fairness: Fairness) => (one: Sample) => {
      const again = check(one.net, [leadsTo('claim', [one.from], [one.to], fairness)]).results[0]!.verdict.tag;
      return again === 'violated' && one.verdict.tag === 'holds';
    };
    expect(count(({ verdict }) => verdict.tag === 'holds')).toBeGreaterThan(50);
    expect(count(({ verdict }) => verdict.tag === 'vacuous')).toBeGreaterThan(3);
    expect(count(({ slow }) => slow.rest !== undefined)).toBeGreaterThan(50);
    expect(count(endless)).toBeGreaterThan(50);
    // Answers that depend on how strong a fairness is.
    expect(count(flips({}))).toBeGreaterThan(3);
  });
});

/** The states that a trace passes, by the naive interpreter. */
function replayed(net: Network, trace: Trace): Global[] {
  const steps = new Map(net.instances().map((step) => [step.label, step]));
  return trace.steps.reduce<Global[]>(
    (states, { step }) => [...states, fire(states.at(-1)!, steps.get(step.label)!)!],
    [initialGlobal(net)],
  );
}

/** The fair owners to which a round is not fair. */
function starved({ net, fairness }: Sample, round: readonly Global[], taken: readonly string[]): string[] {
  const acting = net
    .instances()
    .filter((step) => (step.environment !== true || fairness.willing?.includes(step.name)) && !fairness.unfair?.includes(step.owner));
  return [...new Set(acting.map(({ owner }) => owner))].filter((owner) => {
    const own = acting.filter((step) => step.owner === owner);
    if (own.some(({ label }) => taken.includes(label))) return false;
    const able = round.map((state) => own.some((step) => fire(state, step) !== undefined));
    return fairness.strong?.includes(owner) === true ? able.includes(true) : !able.includes(false);
  });
}
