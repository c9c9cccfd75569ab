/**
 * The slice of IP, UDP and ICMP: packets of every kind are handed to the stack on any CPU. The socket above is a stub that
 * takes every datagram at once.
 */
import { component } from '../../src/model/component.ts';
import { network, step } from '../../src/model/network.ts';
import { family } from '../../src/model/scenario.ts';
import { protocols } from '../boot/protocols.ts';
import { cpu } from '../cpu/cpu.ts';
import { icmp } from '../icmp/icmp.ts';
import { limit } from '../icmp/limit.ts';
import { ip } from '../ip/ip.ts';
import { ledger } from '../kernel/ledger.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { wire } from '../nic/wire.ts';
import { udp } from '../udp/udp.ts';
import { counters, end } from './parts.ts';
import { keys, kindsOf } from './scenario.ts';
import { softirqOn } from './steps/softirq.ts';
import { stackSteps, toIp } from './steps/stack.ts';

export const stackSlice = family({
  name: 'stack',
  about: 'IP, UDP and ICMP input on every CPU; the socket takes every datagram',
  keys: keys('profile', 'packets', 'kinds', 'cpus', 'tokens'),
  build: (s) => {
    const profile = PROFILE[s.profile];
    const kinds = kindsOf(s.kinds);
    const per = <T>(one: T): T[] => range(s.cpus).map(() => one);
    return network('stack', {
      protocols: component(protocols),
      wire: component(wire, { packets: s.packets }),
      cpu: per(component(cpu)),
      ip: per(component(ip)),
      udp: per(component(udp)),
      icmp: per(component(icmp)),
      limit: component(limit, { tokens: s.tokens }),
      ledger: component(ledger, { packets: s.packets }),
      ...counters(s.packets),
    })
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
      );
  },
});
