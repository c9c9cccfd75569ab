/**
 * Two-phase commit: do all resource managers commit, or all abort, although they only exchange messages?
 *
 * Source      tlaplus/Examples, specifications/transaction_commit/TwoPhase.tla (Gray and Lamport, 2004)
 * Contract    its manifest: with 3 resource managers TLC finds 288 distinct states, 1,146 in total, depth 11
 * Bounds      the number of resource managers
 * Leaves out  nothing: messages are a set that only grows, as in the specification
 *
 * TLC counts the initial state as generated, so its 1,146 are 1,145 transitions; its depth counts states, ours steps.
 */
import { assign, setup } from 'xstate';
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { never, sometimes } from '../../src/model/property.ts';

const resourceManager = setup({
  types: { events: {} as { type: 'prepare' | 'chooseToAbort' | 'commit' | 'abort' } },
}).createMachine({
  initial: 'working',
  // RMRcvCommitMsg and RMRcvAbortMsg do not look at the state, nor do we.
  on: { commit: '.committed', abort: '.aborted' },
  states: {
    working: { on: { prepare: 'prepared', chooseToAbort: 'aborted' } },
    prepared: {},
    committed: {},
    aborted: {},
  },
});

const transactionManager = setup({
  types: {
    input: {} as { managers: number },
    context: {} as { prepared: readonly boolean[] },
    events: {} as { type: 'receivePrepared'; rm: number } | { type: 'commit' } | { type: 'abort' },
  },
  guards: { allPrepared: ({ context }) => context.prepared.every(Boolean) },
  actions: {
    note: assign({
      prepared: ({ context, event }) =>
        context.prepared.map((prepared, rm) => prepared || (event.type === 'receivePrepared' && event.rm === rm)),
    }),
  },
}).createMachine({
  context: ({ input }) => ({ prepared: Array.from({ length: input.managers }, () => false) }),
  initial: 'init',
  states: {
    init: {
      on: {
        // Receiving it again changes nothing, and is a transition all the same.
        receivePrepared: { actions: 'note' },
        commit: { guard: 'allPrepared', target: 'committed' },
        abort: 'aborted',
      },
    },
    committed: {},
    aborted: {},
  },
});

/** The messages sent so far: "Prepared" by resource manager, "Commit" and "Abort". */
const messages = setup({
  types: {
    input: {} as { managers: number },
    context: {} as { prepared: readonly boolean[]; commit: boolean; abort: boolean },
    events: {} as { type: 'prepared'; rm: number } | { type: 'commit' | 'abort' },
  },
  actions: {
    addPrepared: assign({
      prepared: ({ context, event }) => context.prepared.map((sent, rm) => sent || (event.type === 'prepared' && event.rm === rm)),
    }),
    addCommit: assign({ commit: true }),
    addAbort: assign({ abort: true }),
  },
}).createMachine({
  context: ({ input }) => ({ prepared: Array.from({ length: input.managers }, () => false), commit: false, abort: false }),
  initial: 'sent',
  states: { sent: { on: { prepared: { actions: 'addPrepared' }, commit: { actions: 'addCommit' }, abort: { actions: 'addAbort' } } } },
});

export function twoPhase(managers: number) {
  const all = Array.from({ length: managers }, (_, rm) => rm);
  return network('two-phase commit', {
    rm: all.map(() => component(resourceManager)),
    tm: component(transactionManager, { managers }),
    msgs: component(messages, { managers }),
  })
    .step('TMRcvPrepared', { rm: all }, ({ rm }, { tm, msgs }) => ({
      owner: 'TM',
      moves: [tm.on({ type: 'receivePrepared', rm })],
      when: [msgs.is(`hold Prepared(${rm})`, (sent) => sent.prepared[rm] === true)],
    }))
    .step('TMCommit', {}, (_, { tm, msgs }) => ({ owner: 'TM', moves: [tm.on({ type: 'commit' }), msgs.on({ type: 'commit' })] }))
    .step('TMAbort', {}, (_, { tm, msgs }) => ({ owner: 'TM', moves: [tm.on({ type: 'abort' }), msgs.on({ type: 'abort' })] }))
    .step('RMPrepare', { i: all }, ({ i }, { rm, msgs }) => ({
      owner: `RM ${i}`,
      moves: [rm(i).on({ type: 'prepare' }), msgs.on({ type: 'prepared', rm: i })],
    }))
    .step('RMChooseToAbort', { i: all }, ({ i }, { rm }) => ({ owner: `RM ${i}`, moves: [rm(i).on({ type: 'chooseToAbort' })] }))
    .step('RMRcvCommitMsg', { i: all }, ({ i }, { rm, msgs }) => ({
      owner: `RM ${i}`,
      moves: [rm(i).on({ type: 'commit' })],
      when: [msgs.is('hold Commit', (sent) => sent.commit)],
    }))
    .step('RMRcvAbortMsg', { i: all }, ({ i }, { rm, msgs }) => ({
      owner: `RM ${i}`,
      moves: [rm(i).on({ type: 'abort' })],
      when: [msgs.is('hold Abort', (sent) => sent.abort)],
    }));
}

/** TCConsistent: no two resource managers disagree. */
export function consistent({ refs: { rm } }: ReturnType<typeof twoPhase>) {
  const pairs = rm.all.flatMap((one) => rm.all.flatMap((other) => (one === other ? [] : [[one, other] as const])));
  return never(
    'no resource manager commits while another aborts',
    pairs.map(([one, other]) => [one.in('committed'), other.in('aborted')]),
    [],
  );
}

export function allCommit({ refs: { rm } }: ReturnType<typeof twoPhase>) {
  return sometimes('all resource managers commit', [rm.all.map((one) => one.in('committed'))]);
}
