/** The slice of ICMP errors: those that come in and the sockets they are about, and those that go out. */
import { component, type Ref, type RefFamily } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { family, int } from '../../src/model/scenario.ts';
import { exchange } from '../icmp/exchange.ts';
import { CODES, icmpReceive, isHard, SENDERS } from '../icmp/receive.ts';
import { counter } from '../kernel/counter.ts';
import { socketError } from '../socket/errors.ts';

export interface ErrorParts {
  readonly icmp: Ref<typeof icmpReceive>;
  readonly sock: RefFamily<typeof socketError>;
  readonly inErrors: Ref<typeof counter>;
  readonly messages: Ref<typeof counter>;
  readonly exchange: Ref<typeof exchange>;
}

const RX = 'softirq/0';
const SOCK = [0, 1] as const;

function receiveSteps(n: ErrorParts, messages: number): StepTemplate[] {
  return [
    step('connect', { sock: SOCK }, ({ sock }) => ({ owner: 'task', environment: true, moves: [n.sock(sock).on({ type: 'CONNECT' })] })),
    step('recverr', { sock: SOCK }, ({ sock }) => ({ owner: 'task', environment: true, moves: [n.sock(sock).on({ type: 'RECVERR' })] })),
    step('icmp_rcv', { of: SENDERS, code: CODES }, ({ of, code }) => ({
      owner: RX,
      environment: true,
      moves: [n.icmp.on({ type: 'RECEIVE', of, code }), n.messages.on({ type: 'INC' })],
      when: [n.messages.is('is below its bound', ({ count }) => count < messages)],
    })),
    step('good', {}, () => ({ owner: RX, moves: [n.icmp.on({ type: 'GOOD' })] })),
    step('quoted', {}, () => ({ owner: RX, moves: [n.icmp.on({ type: 'QUOTED' })] })),
    // Checksum, type, too little quoted: InErrors, and InCsumErrors for the first.
    step('bad', {}, () => ({ owner: RX, moves: [n.icmp.on({ type: 'BAD' }), n.inErrors.on({ type: 'INC' })] })),
    step('found', { sock: SOCK }, ({ sock }) => ({ owner: RX, moves: [n.icmp.on({ type: 'FOUND', sock })] })),
    step('not_found', {}, () => ({ owner: RX, moves: [n.icmp.on({ type: 'NOT_FOUND' }), n.inErrors.on({ type: 'INC' })] })),
    step('report', { sock: SOCK, code: CODES, of: SENDERS }, ({ sock, code, of }) => ({
      owner: RX,
      moves: [n.icmp.on({ type: 'REPORT' }), n.sock(sock).on({ type: 'ERROR', code, own: of === sock })],
      when: [
        n.icmp.is(`tells socket ${sock} of ${code} about a datagram of ${of}`, (c) => c.sock === sock && c.code === code && c.of === of),
        n.sock(sock).is('wants to know', (c) => c.recverr || (isHard(code) && c.connected)),
      ],
    })),
    step('ignore', { sock: SOCK, code: CODES }, ({ sock, code }) => ({
      owner: RX,
      moves: [n.icmp.on({ type: 'IGNORE' })],
      when: [
        n.icmp.is(`tells socket ${sock} of ${code}`, (c) => c.sock === sock && c.code === code),
        n.sock(sock).is('does not want to know', (c) => !c.recverr && !(isHard(code) && c.connected)),
      ],
    })),
    step('sock_error', { sock: SOCK }, ({ sock }) => ({ owner: `task/${sock}`, moves: [n.sock(sock).on({ type: 'TAKE' })] })),
  ];
}

const exchangeSteps = (n: ErrorParts): StepTemplate[] => [
  step('udp_sendmsg', {}, () => ({ owner: 'task', environment: true, moves: [n.exchange.on({ type: 'SEND' })] })),
  ...(['REFUSE', 'RULE', 'QUOTE', 'FREE'] as const).map((type) =>
    step(`exchange_${type.toLowerCase()}`, {}, () => ({ owner: 'hosts', moves: [n.exchange.on({ type })] })),
  ),
];

export const errorSlice = family({
  name: 'errors',
  about: 'ICMP errors: whose datagram they are about, who is told, and that none is answered by another',
  keys: { messages: int({ min: 1, max: 4, otherwise: 2, about: 'ICMP errors that come in' }) },
  build: (s) =>
    network('errors', {
      icmp: component(icmpReceive),
      sock: SOCK.map(() => component(socketError)),
      inErrors: component(counter, { max: s.messages }),
      messages: component(counter, { max: s.messages }),
      exchange: component(exchange),
    })
      .join((n) => receiveSteps(n, s.messages))
      .join(exchangeSteps),
});
