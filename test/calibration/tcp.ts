/**
 * The TCP state machine of RFC 9293 twice, with a channel each way: opening and closing a connection.
 *
 * Source      tlaplus/Examples, specifications/tcp/tcp.tla and MCtcp.tla (Kuppe, 2024)
 * Contract    its manifest: TLC finds 1,182 distinct states, 6,322 in total, depth 14
 * Bounds      as in MCtcp: one peer has opened actively, no other open, nothing sent twice in a row; channels that hold 5
 * Leaves out  what the specification leaves out: sequence numbers, timeouts, retransmission
 *
 * TLC counts in total what it generates, also what it throws away: a message that would stand behind one like it
 * (NoRetransmission), another open (SingleActiveOpen). Here each of those is a step that changes nothing. TLC's two initial
 * states are reached by a step `Init`, so there is one state more, and transitions are what TLC counts in total.
 */
import { assign, setup } from 'xstate';
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { never } from '../../src/model/property.ts';

type Message = 'SYN' | 'SYN,ACK' | 'ACK' | 'FIN' | 'ACKofFIN' | 'RST';
type State =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSING'
  | 'CLOSE-WAIT'
  | 'LAST-ACK'
  | 'TIME-WAIT';

/** An arrow of the diagram: what is taken from the head of the own channel, and what is sent. */
interface Arrow {
  readonly name: string;
  /** Undefined: from any state. */
  readonly from?: State;
  readonly to: State;
  readonly receives?: readonly Message[];
  readonly sends?: Message;
  /** What becomes of the transmission control block; it stays as it is if left out. */
  readonly tcb?: 'created' | 'deleted';
  /** Only with a transmission control block. */
  readonly needsTcb?: boolean;
  /** Ruled out by SingleActiveOpen: generated, and thrown away. */
  readonly ruledOut?: boolean;
}

const ARROWS: readonly Arrow[] = [
  { name: 'PASSIVE_OPEN', from: 'CLOSED', to: 'LISTEN', tcb: 'created', ruledOut: true },
  { name: 'ACTIVE_OPEN', from: 'CLOSED', to: 'SYN-SENT', sends: 'SYN', tcb: 'created', ruledOut: true },
  { name: 'SEND', from: 'LISTEN', to: 'SYN-SENT', sends: 'SYN', ruledOut: true },
  { name: 'CLOSE_SYN_SENT', from: 'SYN-SENT', to: 'CLOSED', tcb: 'deleted' },
  { name: 'CLOSE_SYN_RECEIVED', from: 'SYN-RECEIVED', to: 'FIN-WAIT-1', sends: 'FIN' },
  { name: 'CLOSE_LISTEN', from: 'LISTEN', to: 'CLOSED', tcb: 'deleted' },
  { name: 'CLOSE_ESTABLISHED', from: 'ESTABLISHED', to: 'FIN-WAIT-1', sends: 'FIN' },
  { name: 'CLOSE_CLOSE_WAIT', from: 'CLOSE-WAIT', to: 'LAST-ACK', sends: 'FIN' },
  { name: 'SynSent, SYN', from: 'SYN-SENT', to: 'SYN-RECEIVED', receives: ['SYN'], sends: 'SYN,ACK' },
  { name: 'SynSent, SYN,ACK', from: 'SYN-SENT', to: 'ESTABLISHED', receives: ['SYN,ACK'], sends: 'ACK' },
  { name: 'SynReceived, RST', from: 'SYN-RECEIVED', to: 'LISTEN', receives: ['RST'] },
  { name: 'SynReceived, ACK', from: 'SYN-RECEIVED', to: 'ESTABLISHED', receives: ['ACK'] },
  { name: 'Listen', from: 'LISTEN', to: 'SYN-RECEIVED', receives: ['SYN'], sends: 'SYN,ACK' },
  { name: 'Established', from: 'ESTABLISHED', to: 'CLOSE-WAIT', receives: ['FIN'], sends: 'ACKofFIN' },
  { name: 'FinWait1, FIN', from: 'FIN-WAIT-1', to: 'CLOSING', receives: ['FIN'], sends: 'ACKofFIN' },
  { name: 'FinWait1, ACKofFIN', from: 'FIN-WAIT-1', to: 'FIN-WAIT-2', receives: ['ACKofFIN'] },
  { name: 'Note2', from: 'FIN-WAIT-1', to: 'TIME-WAIT', receives: ['FIN', 'ACKofFIN'], sends: 'ACKofFIN' },
  { name: 'FinWait2', from: 'FIN-WAIT-2', to: 'TIME-WAIT', receives: ['FIN'], sends: 'ACKofFIN' },
  { name: 'Closing', from: 'CLOSING', to: 'TIME-WAIT', receives: ['ACKofFIN'] },
  { name: 'LastAck', from: 'LAST-ACK', to: 'CLOSED', receives: ['ACKofFIN'] },
  { name: 'TimeWait', from: 'TIME-WAIT', to: 'CLOSED', tcb: 'deleted', needsTcb: true },
  { name: 'Note3, reset sent', to: 'TIME-WAIT', sends: 'RST', needsTcb: true },
  { name: 'Note3, reset received, LISTEN', to: 'LISTEN', receives: ['RST'] },
  { name: 'Note3, reset received, CLOSED', to: 'CLOSED', receives: ['RST'] },
];

type From = State | 'any';
type Tcb = 'created' | 'deleted' | 'kept';

/** The arrow with what it leaves out. */
const completed = (arrow: Arrow) => ({ from: 'any' as From, tcb: 'kept' as Tcb, needsTcb: false, ruledOut: false, ...arrow });

const peer = setup({
  types: {
    context: {} as { connstate: State; tcb: boolean },
    events: {} as
      | { type: 'begin'; connstate: State }
      | { type: 'arrow'; from: From; needsTcb: boolean; to: State; tcb: Tcb }
      | { type: 'thrownAway'; from: From; needsTcb: boolean },
  },
  guards: {
    fits: ({ context, event }) =>
      event.type !== 'begin' && (event.from === 'any' || event.from === context.connstate) && (context.tcb || !event.needsTcb),
  },
  actions: {
    begin: assign({ connstate: ({ context, event }) => (event.type === 'begin' ? event.connstate : context.connstate), tcb: true }),
    follow: assign(({ context, event }) =>
      event.type === 'arrow' ? { connstate: event.to, tcb: event.tcb === 'kept' ? context.tcb : event.tcb === 'created' } : {},
    ),
  },
}).createMachine({
  context: { connstate: 'CLOSED', tcb: false },
  initial: 'unsettled',
  states: {
    unsettled: { on: { begin: { target: 'settled', actions: 'begin' } } },
    settled: { on: { arrow: { guard: 'fits', actions: 'follow' }, thrownAway: { guard: 'fits', target: 'settled' } } },
  },
});

/** The messages on their way to one peer. */
const channel = setup({
  types: {
    input: {} as { capacity: number },
    context: {} as { capacity: number; messages: readonly Message[] },
    events: {} as { type: 'put' | 'again'; message: Message } | { type: 'take'; messages: readonly Message[] },
  },
  guards: {
    another: ({ context, event }) =>
      event.type === 'put' && context.messages.at(-1) !== event.message && context.messages.length < context.capacity,
    same: ({ context, event }) => event.type === 'again' && context.messages.at(-1) === event.message,
    first: ({ context, event }) => event.type === 'take' && beginsWith(context.messages, event.messages),
  },
  actions: {
    append: assign({ messages: ({ context, event }) => (event.type === 'put' ? [...context.messages, event.message] : context.messages) }),
    drop: assign({ messages: ({ context, event }) => context.messages.slice(event.type === 'take' ? event.messages.length : 0) }),
  },
}).createMachine({
  context: ({ input }) => ({ capacity: input.capacity, messages: [] }),
  initial: 'open',
  states: {
    open: {
      on: {
        put: { guard: 'another', actions: 'append' },
        again: { guard: 'same', target: 'open' },
        take: { guard: 'first', actions: 'drop' },
      },
    },
  },
});

const beginsWith = (messages: readonly Message[], head: readonly Message[]): boolean => head.every((one, index) => messages[index] === one);

const PEERS = [0, 1];

export function tcp() {
  const start = network('tcp', {
    peer: PEERS.map(() => component(peer)),
    channel: PEERS.map(() => component(channel, { capacity: 5 })),
  }).step('Init', { active: PEERS }, ({ active }, { peer, channel }) => ({
    owner: 'nobody',
    moves: [
      peer(active).on({ type: 'begin', connstate: 'SYN-SENT' }),
      peer(1 - active).on({ type: 'begin', connstate: 'LISTEN' }),
      channel(1 - active).on({ type: 'put', message: 'SYN' }),
    ],
  }));
  return ARROWS.map(completed).reduce(
    (network, { name, from, to, receives, sends, tcb, needsTcb, ruledOut }) =>
      network
        .step(name, { local: PEERS }, ({ local }, { peer, channel }) =>
          ruledOut
            ? undefined
            : {
                owner: `peer ${local}`,
                moves: [
                  peer(local).on({ type: 'arrow', from, needsTcb, to, tcb }),
                  ...(receives ? [channel(local).on({ type: 'take', messages: receives })] : []),
                  ...(sends ? [channel(1 - local).on({ type: 'put', message: sends })] : []),
                ],
              },
        )
        .step(`${name}, thrown away`, { local: PEERS }, ({ local }, { peer, channel }) =>
          sends === undefined && !ruledOut
            ? undefined
            : {
                owner: `peer ${local}`,
                moves: [
                  peer(local).on({ type: 'thrownAway', from, needsTcb }),
                  ...(sends && !ruledOut ? [channel(1 - local).on({ type: 'again', message: sends })] : []),
                ],
                when: receives
                  ? [channel(local).is(`begins with ${receives.join(' ')}`, ({ messages }) => beginsWith(messages, receives))]
                  : [],
              },
        ),
    start,
  );
}

type Tcp = ReturnType<typeof tcp>;

/** Inv: with nothing in flight, both are in ESTABLISHED or neither is. */
export function bothEstablished({ refs: { peer, channel } }: Tcp) {
  const empty = channel.all.map((one) => one.is('is empty', ({ messages }) => messages.length === 0));
  const established = peer.all.map((one) => one.is('is in ESTABLISHED', ({ connstate }) => connstate === 'ESTABLISHED'));
  const other = peer.all.map((one) => one.is('is not in ESTABLISHED', ({ connstate }) => connstate !== 'ESTABLISHED'));
  return never(
    'with nothing in flight, both are in ESTABLISHED or neither is',
    PEERS.map((p) => [...empty, established[p]!, other[1 - p]!]),
    [...empty, ...established],
  );
}

/** The bound on the channels is never felt. */
export function channelsSuffice({ refs: { channel } }: Tcp) {
  return never(
    'no channel is ever full',
    channel.all.map((one) => [one.is('is full', ({ capacity, messages }) => messages.length === capacity)]),
    [],
  );
}
