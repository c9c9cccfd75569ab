/** The tasks that reset an instance in threaded mode, and switch that mode. */
import type { Ref } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { not } from '../../../src/model/property.ts';
import { type counter, reads } from '../../kernel/counter.ts';
import { range } from '../../kernel/packet.ts';
import { isMarked } from '../../napi/napi.ts';
import { HOME, listed, marking, THREAD, type ThreadedParts, type ThreadedScenario } from './threaded.ts';

const nth = (one: Ref<typeof counter>, k: number) => ({ move: one.on({ type: 'INC' }), when: one.is(`reads ${k}`, reads(k)) });

/** A worker that disables and enables the instance, as virtio_net does to refill its ring. */
export function resetSteps(n: ThreadedParts, s: ThreadedScenario): StepTemplate[] {
  const owner = 'reset';
  const onCpu = n.cpu(HOME).in('task');
  const raise = [
    n.softnet(HOME).on({ type: 'ADD', napi: 'igb' }),
    n.softirq(HOME).on({ type: 'RAISE' }),
    n.ksoftirqd(HOME).on({ type: 'WAKE' }),
  ];
  return [
    step('napi_disable', { k: range(s.resets) }, ({ k }) => ({
      owner,
      environment: true,
      moves: [n.reset.on({ type: 'DISABLE' }), n.napi.on({ type: 'DISABLE' }), nth(n.resets, k).move],
      when: [onCpu, nth(n.resets, k).when],
    })),
    step('napi_disabled', {}, () => ({ owner, moves: [n.reset.on({ type: 'DISABLED' }), n.napi.on({ type: 'DISABLED' })] })),
    // dev->threaded is read, and is what was last written; only its effect on the instance was cleared.
    step('napi_enable', { threaded: [false, true] }, ({ threaded: yes }) => ({
      owner,
      environment: s.enables === 'perhaps',
      moves: [n.reset.on({ type: 'ENABLE' }), n.napi.on({ type: yes ? 'ENABLE_THREADED' : 'ENABLE' })],
      when: [onCpu, n.writes.is(yes ? 'says threaded' : 'says not', ({ count }) => (count % 2 === 0) === yes)],
    })),
    step('reset_prep_won', {}, () => ({ owner, moves: [n.reset.on({ type: 'PREP_WON' }), n.napi.on({ type: 'PREP' })], when: [onCpu] })),
    step('reset_prep_lost', {}, () => ({
      owner,
      moves: [n.reset.on({ type: 'PREP_LOST' }), n.napi.on({ type: 'PREP_LOST' })],
      when: [onCpu],
    })),
    step('reset_queue', {}, () => ({ owner, moves: [n.reset.on({ type: 'QUEUE' }), ...raise], when: [onCpu, ...listed(n)] })),
    step('reset_wake', { mark: [false, true] }, ({ mark }) => {
      const when = marking(n, s, mark);
      return (
        when && {
          owner,
          moves: [n.reset.on({ type: 'QUEUE' }), n.thread.on({ type: 'WAKE' }), ...(mark ? [n.napi.on({ type: 'MARK' })] : [])],
          when: [onCpu, ...when],
        }
      );
    }),
  ];
}

/** Writes to `threaded`, off first. */
export function switchSteps(n: ThreadedParts, s: ThreadedScenario): StepTemplate[] {
  const owner = 'sysfs';
  const onCpu = n.cpu(HOME).in('task');
  const write = (k: number) => ({ owner, environment: true, when: [onCpu, nth(n.writes, k).when] });
  const offs = range(s.writes).filter((k) => k % 2 === 0);
  const ons = range(s.writes).filter((k) => k % 2 === 1);
  const clear = n.napi.on({ type: 'CLEAR_THREADED' });
  if (!s.stops) {
    return [
      step('threaded_off', { k: offs }, ({ k }) => ({ ...write(k), moves: [n.admin.on({ type: 'OFF' }), clear, nth(n.writes, k).move] })),
      step('threaded_on', { k: ons }, ({ k }) => ({
        ...write(k),
        moves: [n.admin.on({ type: 'ON' }), n.napi.on({ type: 'SET_THREADED' }), nth(n.writes, k).move],
      })),
    ];
  }
  const owned = n.napi.is('has SCHED_THREADED', isMarked);
  return [
    step('threaded_off', { k: offs }, ({ k }) => ({ ...write(k), moves: [n.admin.on({ type: 'BEGIN' }), nth(n.writes, k).move] })),
    // Only where the thread owns the instance, or nobody does.
    step('threaded_cleared', { owned: [false, true] }, ({ owned: yes }) => ({
      owner,
      moves: [n.admin.on({ type: 'TRY' }), clear],
      when: [onCpu, ...(yes ? [owned] : [not(owned), n.napi.in('free')])],
    })),
    step('threaded_drained', {}, () => ({
      owner,
      moves: [n.admin.on({ type: 'DRAINED' }), n.thread.on({ type: 'STOP' })],
      when: [onCpu, not(owned)],
    })),
    step('thread_stopped', {}, () => ({
      owner: THREAD,
      moves: [n.thread.on({ type: 'STOPPED' }), n.admin.on({ type: 'STOPPED' })],
      when: [onCpu],
    })),
    step('thread_create', { k: ons }, ({ k }) => ({
      ...write(k),
      moves: [n.admin.on({ type: 'CREATE' }), n.thread.on({ type: 'CREATE' }), nth(n.writes, k).move],
    })),
    step('threaded_on', {}, () => ({
      owner,
      moves: [n.admin.on({ type: 'ON' }), n.napi.on({ type: 'SET_THREADED' })],
      when: [onCpu, n.admin.in('created')],
    })),
  ];
}
