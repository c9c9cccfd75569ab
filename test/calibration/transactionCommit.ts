/**
 * Transaction commit, the specification that two-phase commit implements: the managers see each other's state.
 *
 * Source      tlaplus/Examples, specifications/transaction_commit/TCommit.tla (Gray and Lamport, 2004)
 * Contract    its manifest: with 3 resource managers TLC finds 34 distinct states, 94 in total, depth 7
 * Bounds      the number of resource managers
 * Leaves out  nothing
 */
import { setup } from 'xstate';
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';

const resourceManager = setup({ types: { events: {} as { type: 'prepare' | 'commit' | 'abort' } } }).createMachine({
  initial: 'working',
  states: {
    working: { on: { prepare: 'prepared', abort: 'aborted' } },
    prepared: { on: { commit: 'committed', abort: 'aborted' } },
    committed: {},
    aborted: {},
  },
});

export function transactionCommit(managers: number) {
  const all = Array.from({ length: managers }, (_, rm) => rm);
  return network('transaction commit', { rm: all.map(() => component(resourceManager)) })
    .step('Prepare', { i: all }, ({ i }, { rm }) => ({ owner: `RM ${i}`, moves: [rm(i).on({ type: 'prepare' })] }))
    .step('DecideCommit', { i: all }, ({ i }, { rm }) => ({
      owner: `RM ${i}`,
      moves: [rm(i).on({ type: 'commit' })],
      when: rm.all.map((one) => one.in('prepared', 'committed')),
    }))
    .step('DecideAbort', { i: all }, ({ i }, { rm }) => ({
      owner: `RM ${i}`,
      moves: [rm(i).on({ type: 'abort' })],
      when: rm.all.map((one) => one.out('committed')),
    }));
}
