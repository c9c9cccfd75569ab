/** The slice of net_rx_action(): two instances on one CPU, both with work without end. */
import { component, type Ref } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { family } from '../../src/model/scenario.ts';
import { counter } from '../kernel/counter.ts';
import { PROFILE } from '../kernel/profile.ts';
import { has, inAction, type Instance } from '../napi/softnet.ts';
import { componentsOf } from './components.ts';
import type { Parts } from './parts.ts';
import { keys } from './scenario.ts';
import { exitSteps } from './steps/exit.ts';
import { serving, softirqOn, softirqSteps } from './steps/softirq.ts';

export type NetRxParts = Pick<Parts, 'cpu' | 'softirq' | 'ksoftirqd' | 'softnet' | 'handler'> & {
  readonly time_squeeze: Ref<typeof counter>;
};

export const INSTANCES: readonly Instance[] = ['igb', 'driver'];

/** An interrupt of either device schedules its instance where that is on no list; while it is on one, the device is masked. */
function interruptSteps(n: NetRxParts, defers: boolean): StepTemplate[] {
  const owner = () => 'hardirq/0';
  const idle = (napi: Instance) => n.softnet(0).is(`does not have ${napi}`, (context) => !has(napi)(context));
  return [
    step('irq_enter', { napi: INSTANCES }, ({ napi }) => ({
      owner: owner(),
      environment: true,
      moves: [n.cpu(0).on({ type: 'IRQ' }), n.handler(0).on({ type: 'ENTER' })],
      when: [idle(napi)],
    })),
    step('prep', {}, () => ({ owner: owner(), moves: [n.handler(0).on({ type: 'PREP_WON' })] })),
    step('napi_queue', { napi: INSTANCES, inside: [false, true] }, ({ napi, inside }) => ({
      owner: owner(),
      moves: [
        n.handler(0).on({ type: 'QUEUE' }),
        n.softnet(0).on({ type: 'ADD', napi }),
        ...(inside ? [] : [n.softirq(0).on({ type: 'RAISE' })]),
      ],
      when: [idle(napi), n.softnet(0).is(inside ? 'is in net_rx_action()' : 'is not', (context) => inAction(context) === inside)],
    })),
    ...exitSteps(n, { name: 'irq_exit', cpu: [0], owner, leave: () => n.handler(0).on({ type: 'EXIT' }), defers }),
  ];
}

/** Each poll does its whole weight, or its queue is empty for once. The budget may be spent after any poll. */
function pollSteps(n: NetRxParts, inPlace: boolean): StepTemplate[] {
  const by = { owner: softirqOn(0), when: [serving(n.cpu(0))] };
  return [
    step('poll', { napi: INSTANCES }, ({ napi }) => ({ ...by, moves: [n.softnet(0).on({ type: 'PICK', napi })], cite: ['__napi_poll'] })),
    step('poll_full', {}, () => ({ ...by, moves: [n.softnet(0).on({ type: 'FULL' })] })),
    step('poll_short', {}, () => ({ ...by, environment: true, moves: [n.softnet(0).on({ type: inPlace ? 'COMPLETED' : 'SHORT' })] })),
  ];
}

/** The end of the loop where budget or time are used up. What is left is given back by `net_rx_break` where only repolls are. */
function squeezeSteps(n: NetRxParts): StepTemplate[] {
  const squeezed = n.time_squeeze.on({ type: 'INC' });
  const by = { owner: softirqOn(0), when: [serving(n.cpu(0))] };
  return [
    step('net_rx_squeeze', {}, () => ({
      ...by,
      moves: [n.softnet(0).on({ type: 'SQUEEZE' }), n.softirq(0).on({ type: 'RAISE' }), squeezed],
    })),
    step('net_rx_squeeze_empty', {}, () => ({ ...by, moves: [n.softnet(0).on({ type: 'SQUEEZE_EMPTY' }), squeezed] })),
  ];
}

export const netRxSlice = family({
  name: 'net-rx',
  about: 'net_rx_action() with two instances that always have more work',
  keys: keys('profile'),
  build: (s) => {
    const { cpu, softirq, ksoftirqd, softnet, handler } = componentsOf({ profile: s.profile, packets: 0 });
    const profile = PROFILE[s.profile];
    return network('net-rx', { cpu, softirq, ksoftirqd, softnet, handler, time_squeeze: component(counter, { max: 1 }) })
      .step('power_on', {}, (_, n) => ({ owner: 'boot', moves: [n.ksoftirqd(0).on({ type: 'CREATE' })] }))
      .join((n) => interruptSteps(n, profile.defersToKsoftirqd))
      .join((n) => softirqSteps(n, 1))
      .join((n) => pollSteps(n, profile.pollInPlace))
      .replaceStep('net_rx_break', (spec, n) => ({
        ...spec,
        when: [
          ...(spec.when ?? []),
          n.softnet(0).is('has only repolls left', (c) => !c.inPlace && c.local.length === 0 && c.repoll.length > 0),
        ],
      }))
      .join(squeezeSteps);
  },
});
