/** Certificates: what a search found is confirmed by a checker that shares no code with it, and nothing else is. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificate } from '../src/certify/write.ts';
import { verify } from '../src/certify/verify.ts';
import { compile } from '../src/compile/compile.ts';
import { explore } from '../src/explore/explore.ts';
import type { Network } from '../src/model/network.ts';
import { never, type Property, quiescent, sometimes } from '../src/model/property.ts';
import { consistent, twoPhase } from './calibration/twoPhase.ts';
import { type Listed, listed, relisted } from './fixtures/certificates.ts';
import { build, networkShape } from './random.ts';
import { factory, fuse, lamps, locks } from './toys.ts';

const lampsOn = (network: ReturnType<typeof lamps>, count: number): Property =>
  never('never all on', [network.refs.lamp.all.map((lamp) => lamp.in('on')).slice(0, count)], []);

/** The certificate of a network for claims that need not even hold. */
function certified(network: Network, properties: readonly Property[] = []) {
  const compiled = compile(network, []);
  const exploration = explore(compiled, []);
  const claim = { suite: 'toy', scenario: {}, properties: properties.map(({ name }) => name) };
  return { exploration, file: certificate(compiled, exploration, claim) };
}

/** What the checker says of a file as the certificate of `network`. */
function saidOf(file: Uint8Array, network: Network, properties: readonly Property[] = []): string {
  const verification = verify(file, () => ({ network, properties }));
  return verification.tag === 'confirmed' ? 'confirmed' : verification.why;
}

const tampered = (network: Network, change: (listed: Listed) => Listed, properties: readonly Property[] = []): string =>
  saidOf(relisted(change(listed(certified(network, properties).file))), network, properties);

test('both engines list the same states, each once, as many as they count', () => {
  fc.assert(
    fc.property(networkShape, (shape) => {
      const compiled = compile(build(shape).network, []);
      const [fields, blocks] = (['fields', 'blocks'] as const).map((engine) => {
        const { states, forEachState } = explore(compiled, [], { engine });
        const texts: string[] = [];
        forEachState((locals) => texts.push(locals.join()));
        expect(new Set(texts).size).toBe(states);
        return texts.sort();
      });
      expect(blocks).toEqual(fields);
    }),
    { numRuns: 50 },
  );
});

describe('a certificate is confirmed', () => {
  test.each(
    [lamps(6), fuse(34), locks('same'), locks('opposite'), factory, twoPhase(3)].map((network) => [network.name, network] as const),
  )('of %s, with the counts of the search', (_, network) => {
    const { exploration, file } = certified(network);
    const { states, transitions, quiescent } = exploration;
    expect(verify(file, () => ({ network, properties: [] }))).toMatchObject({
      tag: 'confirmed',
      header: { states },
      transitions,
      quiescent,
    });
  });

  test('of random networks', () => {
    fc.assert(
      fc.property(networkShape, (shape) => {
        const { network } = build(shape);
        const { exploration, file } = certified(network);
        const { transitions, quiescent } = exploration;
        expect(verify(file, () => ({ network, properties: [] }))).toMatchObject({ tag: 'confirmed', transitions, quiescent });
      }),
      { numRuns: 60 },
    );
  });

  test('with an invariant, and with what holds of quiescent states only', () => {
    const network = locks('same');
    const { process, lock } = network.refs;
    const both = never('never both', [[process(0).in('both'), process(1).in('both')]], [process(0).in('both')]);
    const free = quiescent('at rest, all is free', [[lock(0).in('taken')]], [lock(0).in('taken')]);
    expect(saidOf(certified(network, [both, free]).file, network, [both, free])).toBe('confirmed');
    const commits = twoPhase(3);
    expect(saidOf(certified(commits, [consistent(commits)]).file, commits, [consistent(commits)])).toBe('confirmed');
  });

  test('where states are listed that cannot be reached, if their successors are', () => {
    const network = fuse(2);
    // The second lamp alone: the first one can still be lit.
    expect(tampered(network, ({ header, rows }) => ({ header, rows: [...rows, [0, 1]] }))).toBe('confirmed');
  });
});

describe('a certificate is refused', () => {
  test('where any one state is missing', () => {
    const network = twoPhase(2);
    const { header, rows } = listed(certified(network).file);
    const said = rows.map((_, missing) => saidOf(relisted({ header, rows: rows.filter((_row, row) => row !== missing) }), network));
    expect(said.filter((one) => !/leads out of the listed states, from state \d+:\n|initial state is not listed/.test(one))).toEqual([]);
  });

  test('with the step that leads out and the state it leads from', () => {
    expect(tampered(fuse(2), ({ header, rows }) => ({ header, rows: rows.filter(([a, b]) => !(a === 1 && b === 1)) }))).toBe(
      'light(i=1) leads out of the listed states, from state 1:\n  lamp.0 ["on",{}]\n  lamp.1 ["off",{}]',
    );
  });

  test('where an unreachable state is listed and its successors are not', () => {
    const dark = ({ header, rows }: Listed): Listed => ({ header, rows: [...rows, [0, 1, 0]] });
    expect(tampered(fuse(3), dark)).toMatch(/^light\(i=2\) leads out of the listed states, from state 4/);
  });

  test('where a listed state is forbidden', () => {
    const network = lamps(2);
    expect(saidOf(certified(network, [lampsOn(network, 2)]).file, network, [lampsOn(network, 2)])).toBe(
      '\'never all on\' does not hold in state 3:\n  lamp.0 ["on",{}]\n  lamp.1 ["on",{}]',
    );
  });

  test('where a listed state is forbidden at rest', () => {
    const network = locks('opposite');
    const free = quiescent('at rest, all is free', [[network.refs.lock(0).in('taken')]], []);
    expect(saidOf(certified(network, [free]).file, network, [free])).toMatch(/^'at rest, all is free' does not hold in state \d+:\n/);
  });

  test('where the initial state is another one', () => {
    const network = fuse(2);
    const lit = ({ header, rows }: Listed): Listed => ({ header, rows: rows.filter(([a]) => a === 1) });
    expect(tampered(network, lit)).toBe('the initial state is not listed');
  });

  test('where a premise holds nowhere, or a claim is none about states', () => {
    const network = fuse(2);
    const [first, second] = [network.refs.lamp(0), network.refs.lamp(1)];
    const vacuous = never('vacuous', [], [first.in('off'), second.in('on')]);
    expect(saidOf(certified(network, [vacuous]).file, network, [vacuous])).toBe(
      "'vacuous' says nothing: its premise holds in no listed state",
    );
    const lit = sometimes('lit', [[second.in('on')]]);
    expect(saidOf(certified(network, [lit]).file, network, [lit])).toBe("'lit' is not an invariant of the network");
    expect(saidOf(certified(network, [lit]).file, network)).toBe("'lit' is not an invariant of the network");
  });

  test('where the network is another one', () => {
    expect(saidOf(certified(fuse(2)).file, lamps(2))).toBe('it is of fuse (lamp.0 lamp.1), not of lamps (lamp.0 lamp.1)');
    expect(saidOf(certified(fuse(2)).file, fuse(3))).toBe('it is of fuse (lamp.0 lamp.1), not of fuse (lamp.0 lamp.1 lamp.2)');
    expect(saidOf(certified(locks('same')).file, locks('opposite'))).toMatch(/leads out of the listed states/);
  });

  test('where its text makes no sense', () => {
    const network = fuse(2);
    const { file } = certified(network);
    expect(saidOf(file.subarray(0, file.length - 9), network)).toBe('unexpected end of file');
    expect(saidOf(Buffer.from('nothing'), network)).toBe('incorrect header check');
    const format = 'rxproof certificate 0';
    expect(tampered(network, ({ header, rows }) => ({ header: { ...header, format }, rows }))).toMatch(
      /^the format is '.* 0'; this checker/,
    );
    expect(saidOf(relisted(listed(file), 2), network)).toMatch(/^the header says 2 states/);
    expect(tampered(network, ({ header, rows }) => ({ header, rows: [...rows, [0, 9]] }))).toBe('state 3: lamp.1 has no local state 9');
    expect(tampered(network, ({ header, rows }) => ({ header, rows: [...rows, [0, 0]] }))).toBe(
      'it lists 4 states, but only 3 different ones',
    );
  });

  test('where a component has no such local state', () => {
    const broken = tampered(fuse(1), ({ header, rows }) => ({
      header: {
        ...header,
        components: [
          {
            name: 'lamp.0',
            states: [
              { value: 'off', context: {} },
              { value: 'broken', context: {} },
            ],
          },
        ],
      },
      rows,
    }));
    expect(broken).toContain("'broken'");
  });

  test('and none is written of a search that was cut off', () => {
    const compiled = compile(lamps(6), []);
    const cut = explore(compiled, [], { limits: { statesMax: 5 } });
    expect(() => certificate(compiled, cut, { suite: 'toy', scenario: {}, properties: [] })).toThrow(
      'the search was not finished (states)',
    );
  });
});

describe('the checker', () => {
  const FILE = new URL('../src/certify/verify.ts', import.meta.url);

  test('is short', () => {
    expect(readFileSync(FILE, 'utf8').trimEnd().split('\n').length).toBeLessThan(150);
  });

  test('uses XState, Node, and the interface of the model, and nothing of the engine', () => {
    const reached = new Set<string>();
    const visit = (file: URL): void => {
      if (reached.has(file.pathname)) return;
      reached.add(file.pathname);
      for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/ from '([^']+)'/g)) {
        if (from.startsWith('.')) visit(new URL(from, file));
        else expect(['xstate', 'node:zlib']).toContain(from);
      }
    };
    visit(FILE);
    const own = [...reached].map((path) => path.replace(/.*\/src\//, '')).sort();
    expect(own.filter((path) => !path.startsWith('model/'))).toEqual(['certify/verify.ts']);
  });
});
