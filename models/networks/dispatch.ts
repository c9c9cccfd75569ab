/** The slice of __netif_receive_skb_core(): frames one after another, to whoever takes them on a device of some kind. */
import { component, type Ref } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { choice, family } from '../../src/model/scenario.ts';
import { dispatch, type DispatchEvent } from '../gro/dispatch.ts';
import { counter } from '../kernel/counter.ts';
import { type Packet, range } from '../kernel/packet.ts';
import { componentsOf } from './components.ts';
import { end, type Parts } from './parts.ts';
import { keys } from './scenario.ts';

export type DispatchParts = Pick<Parts, 'wire' | 'ledger' | 'rx_dropped' | 'rx_nohandler'> & {
  readonly dispatch: Ref<typeof dispatch>;
  /** softnet_stat column 1. */
  readonly processed: Ref<typeof counter>;
};

const SWITCH = ['off', 'on'] as const;
const DEVICES = ['plain', 'bridge port', 'macvlan', 'inactive slave'] as const;

interface Device {
  readonly packets: number;
  readonly device: (typeof DEVICES)[number];
  readonly tap: 'off' | 'on';
  readonly xdp: 'off' | 'on';
  readonly vlan: 'off' | 'on';
}

const BY = { owner: 'softirq/0' };

/** The rounds. A frame is the one that has come last, and the wire knows it. */
function roundSteps(n: DispatchParts, s: Device): StepTemplate[] {
  const by = (name: string, event: DispatchEvent, ...counted: readonly Ref<typeof counter>[]): StepTemplate =>
    step(name, {}, () => ({ ...BY, moves: [n.dispatch.on(event), ...counted.map((one) => one.on({ type: 'INC' }))] }));
  return [
    ...(['RECEIVE', 'RECEIVE_RESERVE'] as const).map((type) =>
      step(type === 'RECEIVE' ? 'receive' : 'receive_reserve', { pkt: range(s.packets) }, ({ pkt }) => ({
        ...BY,
        environment: true,
        moves: [n.wire.on({ type: 'ARRIVE', pkt, kind: 'matched' }), n.dispatch.on({ type }), n.processed.on({ type: 'INC' })],
      })),
    ),
    by('xdp_pass', { type: 'XDP_PASS' }),
    s.tap === 'on' ? by('tap', { type: 'TAP' }) : by('no_tap', { type: 'NO_TAP' }),
    by('reserve_pass', { type: 'RESERVE_PASS' }),
    by('untagged', { type: 'UNTAGGED' }),
    ...(s.vlan === 'on' ? [by('vlan_device', { type: 'VLAN' }, n.processed), by('vlan_unknown', { type: 'NO_VLAN' })] : []),
    ...(s.device === 'inactive slave' ? [by('rx_handler_exact', { type: 'EXACT' })] : [by('rx_handler_pass', { type: 'PASS' })]),
    ...(s.device === 'macvlan' ? [by('rx_handler_another', { type: 'ANOTHER' }, n.processed)] : []),
    by('match_global', { type: 'MATCH', handler: 'global' }),
    by('match_exact', { type: 'MATCH', handler: 'exact' }),
    by('no_match', { type: 'NO_MATCH' }),
  ];
}

/** The ends. */
function endSteps(n: DispatchParts, s: Device): StepTemplate[] {
  const domain = { pkt: range(s.packets) };
  const newest = (pkt: Packet) => n.wire.is(`has frame ${pkt} as the last one`, ({ kinds }) => kinds.length === pkt + 1);
  const exact = n.dispatch.is('wants an exact match', (c) => c.exact);
  const any = n.dispatch.is('takes any match', (c) => !c.exact);
  return [
    step('xdp_drop', domain, ({ pkt }) =>
      s.xdp === 'on' ? { ...BY, moves: [n.dispatch.on({ type: 'XDP_DROP' }), ...end(n, pkt, 'xdp')], when: [newest(pkt)] } : undefined,
    ),
    step('reserve_drop', domain, ({ pkt }) => ({
      ...BY,
      moves: [n.dispatch.on({ type: 'RESERVE_DROP' }), ...end(n, pkt, 'reserve', n.rx_dropped)],
      when: [newest(pkt)],
    })),
    step('rx_handler_consumed', domain, ({ pkt }) =>
      s.device === 'bridge port'
        ? { ...BY, moves: [n.dispatch.on({ type: 'CONSUMED' }), ...end(n, pkt, 'delivered')], when: [newest(pkt)] }
        : undefined,
    ),
    step('deliver', domain, ({ pkt }) => ({
      ...BY,
      moves: [n.dispatch.on({ type: 'DELIVER' }), ...end(n, pkt, 'delivered')],
      when: [newest(pkt)],
    })),
    step('drop_unhandled', domain, ({ pkt }) => ({
      ...BY,
      moves: [n.dispatch.on({ type: 'DROP' }), ...end(n, pkt, 'unhandled', n.rx_dropped)],
      when: [newest(pkt), any],
    })),
    step('drop_nohandler', domain, ({ pkt }) => ({
      ...BY,
      moves: [n.dispatch.on({ type: 'DROP' }), ...end(n, pkt, 'nohandler', n.rx_nohandler)],
      when: [newest(pkt), exact],
    })),
  ];
}

export const dispatchSlice = family({
  name: 'dispatch',
  about: 'frames through XDP, taps, VLAN and rx_handler to the handlers of their EtherType, or to a drop',
  keys: {
    ...keys('packets'),
    device: choice(DEVICES, 'plain', 'what the device is to others: its rx_handler'),
    tap: choice(SWITCH, 'off', 'a packet socket listens to everything'),
    xdp: choice(SWITCH, 'off', 'a generic XDP program may drop'),
    vlan: choice(SWITCH, 'off', 'frames may have a VLAN tag'),
  },
  build: (s) => {
    const { wire, ledger, counters } = componentsOf({ packets: s.packets });
    return network('dispatch', {
      wire,
      dispatch: component(dispatch),
      ledger,
      rx_dropped: counters.rx_dropped,
      rx_nohandler: counters.rx_nohandler,
      processed: component(counter, { max: 2 * s.packets }),
    })
      .join((n) => roundSteps(n, s))
      .join((n) => endSteps(n, s));
  },
});
