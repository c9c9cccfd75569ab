/**
 * The slice of IP, UDP and ICMP: packets of every kind are handed to the stack on any CPU. The socket above is a stub that
 * takes every datagram at once.
 */
import { network, step } from '../../src/model/network.ts';
import { family } from '../../src/model/scenario.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { componentsOf } from './components.ts';
import { end } from './parts.ts';
import { keys, kindsOf } from './scenario.ts';
import { softirqOn } from './steps/softirq.ts';
import { stackSteps, toIp } from './steps/stack.ts';
import { cpusInTurn } from './symmetry.ts';

export const stackSlice = family({
  name: 'stack',
  about: 'IP, UDP and ICMP input on every CPU; the socket takes every datagram',
  keys: keys('profile', 'packets', 'kinds', 'cpus', 'tokens'),
  build: (s) => {
    const profile = PROFILE[s.profile];
    const kinds = kindsOf(s.kinds);
    const { protocols, wire, cpu, ip, udp, icmp, limit, ledger, counters } = componentsOf(s);
    return network('stack', { protocols, wire, cpu, ip, udp, icmp, limit, ledger, ...counters })
      .step('power_on', {}, (_, n) => ({
        owner: 'boot',
        moves: [n.protocols.on({ type: 'ALL' }), ...n.cpu.all.map((one) => one.on({ type: 'SOFTIRQ' }))],
      }))
      .join((n) => [
        step('receive', { cpu: range(s.cpus), pkt: range(s.packets), kind: kinds }, ({ cpu: c, pkt, kind }) => {
          const { moves, when } = toIp(n)(c, pkt);
          return {
            owner: softirqOn(c),
            environment: true,
            moves: [n.wire.on({ type: 'ARRIVE', pkt, kind }), ...moves],
            when: [n.cpu(c).in('softirq'), n.udp(c).in('idle'), n.icmp(c).in('idle'), ...when],
          };
        }),
      ])
      .join((n) =>
        stackSteps(
          n,
          { ...s, kinds, checksumFirst: profile.checksumFirst, countsIgnored: !profile.socketLock },
          (_, pkt) => end(n, pkt, 'delivered', n.UdpInDatagrams),
          (_, pkt) => end(n, pkt, 'icmpIn', n.IcmpInDestUnreachs),
        ),
      )
      .symmetric((parts) => cpusInTurn(parts, { cpus: s.cpus }));
  },
});
