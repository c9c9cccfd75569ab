/** Bugs planted in the full path: one for each of its ends, to see that the whole finds what the slices find. */
import type { Bug } from '../../src/model/suite.ts';
import type { receivePath } from '../networks/receive-path.ts';

type PathNetwork = ReturnType<typeof receivePath.build>;

/** The step without what it does to `component`. */
const without = (net: PathNetwork, step: string, component: string): PathNetwork =>
  net.replaceStep(step, (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== component) }));

export const PATH_BUGS: readonly Bug<PathNetwork>[] = [
  {
    id: 'path-never-unmask',
    about: 'igb_poll() completes and forgets to write EIMS',
    breaks: ['no frame is stuck in the ring', 'the vector is not left masked with its instance idle'],
    plant: (net) => without(net, 'unmask', 'vector'),
  },
  {
    id: 'path-no-recheck',
    about: 'the reader goes to sleep without looking at the queue again, anywhere between DMA and recvfrom()',
    breaks: ['no reader sleeps for ever on a readable socket'],
    plant: (net) => without(net, 'recheck_none', 'socket'),
  },
  {
    id: 'path-wake-nobody',
    about: 'sock_def_readable() finds a waiter and wakes nobody',
    breaks: ['no reader sleeps for ever on a readable socket'],
    plant: (net) =>
      net.replaceStep('wake_nobody', (spec) => ({ ...spec, when: (spec.when ?? []).filter((one) => !one.component.startsWith('reader')) })),
  },
  {
    id: 'path-overrun-uncounted',
    about: 'the NIC drops a frame for want of a descriptor and counts nothing',
    breaks: ['rx_missed_errors counts exactly the frames that found no descriptor'],
    plant: (net) => without(net, 'overrun', 'rx_missed_errors'),
  },
  {
    id: 'path-rcvbuf-uncounted',
    about: 'a datagram dropped for a full buffer is not counted in RcvbufErrors',
    breaks: ['UdpRcvbufErrors counts exactly the datagrams that found the receive buffer full'],
    plant: (net) => without(net, 'rcvbuf_full', 'UdpRcvbufErrors'),
  },
  {
    id: 'path-icmp-never',
    about: 'a datagram for a closed port is counted and never answered',
    breaks: ['every valid unicast datagram that matched no socket is answered by port-unreachable'],
    plant: (net) =>
      net.replaceStep('udp_no_port', (spec) => ({ ...spec, moves: spec.moves.filter((move) => !move.component.startsWith('icmp')) })),
  },
];
