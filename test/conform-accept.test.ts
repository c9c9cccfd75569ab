/** The search for a run that shows a trace, on a network small enough to know the answer. */
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { accept, type Answer, type Question } from '../src/conform/accept.ts';
import { pathTo } from '../src/conform/closure.ts';
import { diagnose } from '../src/conform/diagnose.ts';
import { inFileOrder, type Seen } from '../src/conform/seen.ts';
import { component } from '../src/model/component.ts';
import { network } from '../src/model/network.ts';
import { replay } from '../src/trace/replay.ts';

/** A box of letters: switched on once, filled in secret, emptied for all to see. */
const box = setup({
  types: { context: {} as { letters: number }, events: {} as { type: 'open' | 'put' | 'take' | 'shake' } },
  guards: { some: ({ context }) => context.letters > 0, room: ({ context }) => context.letters < 3 },
  actions: {
    add: assign({ letters: ({ context }) => context.letters + 1 }),
    remove: assign({ letters: ({ context }) => context.letters - 1 }),
  },
}).createMachine({
  context: { letters: 0 },
  initial: 'closed',
  states: {
    closed: { on: { open: 'ready' } },
    ready: { on: { put: { guard: 'room', actions: 'add' }, take: { guard: 'some', actions: 'remove' }, shake: { target: 'ready' } } },
  },
});

const office = network('office', { box: component(box) })
  .step('open', {}, (_, n) => ({ owner: 'setup', moves: [n.box.on({ type: 'open' })] }))
  .step('put', {}, (_, n) => ({
    owner: 'sender',
    environment: true,
    moves: [n.box.on({ type: 'put' })],
    reveals: [{ event: 'put', args: {} }],
  }))
  .step('take', { by: ['ann', 'bob'] }, ({ by }, n) => ({
    owner: by,
    moves: [n.box.on({ type: 'take' })],
    reveals: [{ event: 'taken', args: { by } }],
  }))
  .step('shake', {}, (_, n) => ({ owner: 'clerk', environment: true, moves: [n.box.on({ type: 'shake' })] }));

const n = office.refs;
const holds = (letters: number) => n.box.is(`holds ${letters}`, (context) => context.letters === letters);

const at = (line: number) => ({ line, text: `line ${line}` });
const taken = (line: number, by?: string, when: Seen extends never ? never : readonly ReturnType<typeof holds>[] = []): Seen => ({
  ...at(line),
  kind: 'step',
  shows: { event: 'taken', args: by === undefined ? {} : { by } },
  when,
});
const holding = (line: number, letters: number): Seen => ({ ...at(line), kind: 'state', when: [holds(letters)] });

const ask = (seen: readonly Seen[], more: Partial<Question> = {}): Answer =>
  accept({ network: office, seen, records: ({ event }) => event === 'taken', setup: ['setup'], atEnd: [], ...more });

/** The run of an accepted trace: `put`, or `7 take(by=ann)` for a step that line 7 shows. */
const run = (answer: Answer): string[] => {
  if (answer.kind !== 'accepted') throw new Error(`the answer is ${answer.kind}`);
  const steps = office.instances();
  return pathTo(answer.node).map(({ step, line }) => [line, steps[step]!.label].join(' ').trim());
};

describe('a trace is accepted', () => {
  test('with the fewest inferred steps', () => {
    expect(run(ask([taken(7, 'ann')]))).toEqual(['open', 'put', '7 take(by=ann)']);
    expect(run(ask([]))).toEqual(['open']);
  });

  test('with an argument left open, which any step fits', () => {
    expect(run(ask([taken(3), taken(4, 'bob')]))).toEqual(['open', 'put', '3 take(by=ann)', 'put', '4 take(by=bob)']);
  });

  test('where a line says what was true before its step', () => {
    expect(run(ask([taken(3, 'ann', [holds(2)])]))).toEqual(['open', 'put', 'put', '3 take(by=ann)']);
  });

  test('where a line says what is true', () => {
    expect(run(ask([holding(2, 3), taken(3, 'ann'), holding(4, 2)]))).toEqual(['open', 'put', 'put', 'put', '3 take(by=ann)']);
  });

  test('by a run that replays on XState', () => {
    const answer = ask([holding(2, 3), taken(3, 'ann')]);
    const path = answer.kind === 'accepted' ? pathTo(answer.node).map(({ step }) => step) : [];
    expect(replay(office, path).states.at(-1)!.get('box')).toMatchObject({ value: 'ready', context: { letters: 2 } });
  });
});

describe('a trace is not accepted', () => {
  test('if no state can show a line', () => {
    const answer = ask([taken(3, 'ann')], { records: ({ event }) => event === 'taken' || event === 'put' });
    expect(answer).toMatchObject({ kind: 'impossible', seen: { line: 3 } });
  });

  test('if a line is true in no state', () => {
    expect(ask([holding(2, 3), taken(3, 'ann'), holding(4, 3)])).toMatchObject({ kind: 'accepted' });
    expect(ask([holding(2, 4)])).toMatchObject({ kind: 'impossible', seen: { line: 2 } });
  });

  test('if it contradicts itself, at the first place that nothing else explains', () => {
    const contradiction: Seen = { ...at(3), kind: 'contradiction', why: 'it is odd' };
    expect(ask(inFileOrder([contradiction, taken(4, 'eve'), taken(2, 'ann')]))).toMatchObject({ kind: 'contradicted', seen: { line: 3 } });
    expect(ask(inFileOrder([contradiction, taken(3, 'eve')]))).toMatchObject({ kind: 'impossible', seen: { line: 3 } });
  });

  test('if the end is not as it must be', () => {
    expect(ask([taken(3, 'ann')], { atEnd: [holds(4)] })).toMatchObject({ kind: 'unsettled' });
    expect(ask([taken(3, 'ann')], { atEnd: [holds(0)] })).toMatchObject({ kind: 'accepted' });
  });
});

describe('a limit', () => {
  const many = [holding(2, 3), taken(3), taken(4)];

  test.each([
    ['between two lines', { statesPerLineMax: 2 }, '2 states between two lines'],
    ['in all', { statesMax: 5 }, '5 states in all'],
  ])('%s ends in unknown, never in accepted', (_, limits, limit) => {
    expect(ask(many, { limits })).toMatchObject({ kind: 'unknown', limit });
    expect(ask(many)).toMatchObject({ kind: 'accepted' });
  });
});

describe('a line that cannot be', () => {
  const diagnosed = (seen: Seen) => {
    const records = ({ event }: { readonly event: string }): boolean => event !== 'put';
    const answer = ask([seen], { records });
    if (answer.kind !== 'impossible') throw new Error(`the answer is ${answer.kind}`);
    return diagnose(office, records, answer.seen, answer.nodes);
  };

  test('is diagnosed by what is false in the state that comes closest', () => {
    const { step, blockers, trace, neverShown } = diagnosed(taken(5, 'ann', [holds(4)]));
    expect([step?.label, neverShown]).toEqual(['take(by=ann)', undefined]);
    expect(blockers).toEqual([{ what: 'box holds 4', values: 'ready, letters = 1' }]);
    expect(trace.steps.map(({ step: taken }) => taken.label)).toEqual(['open', 'put']);
  });

  test('is told from one that no step ever shows', () => {
    expect(diagnosed(taken(5, 'eve'))).toMatchObject({ neverShown: 'taken(by=eve)', instead: ['taken(by=ann)', 'taken(by=bob)'] });
    expect(diagnosed({ ...at(5), kind: 'step', shows: { event: 'lost', args: { by: 'eve' } }, when: [] })).toMatchObject({
      neverShown: 'lost(by=eve)',
      step: undefined,
    });
  });
});
