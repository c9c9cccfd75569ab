/** Bugs planted in ICMP errors. */
import type { Bug } from '../../src/model/suite.ts';
import type { errorSlice } from '../networks/errors.ts';

const ENDS = 'an ICMP error that came in is told, ignored or counted';

export const ERROR_BUGS: readonly Bug<ReturnType<typeof errorSlice.build>>[] = [
  {
    id: 'addresses-not-swapped',
    row: 'M46',
    about: '__udp4_lib_err() looks up what is quoted as if it had been received: the other end of a connection is told',
    breaks: ['a socket is told of its own datagrams only'],
    plant: (net) =>
      net.replaceMachine('icmp', (machine) =>
        machine.provide({ guards: { isSender: ({ context: c, event }) => event.type === 'FOUND' && event.sock === (c.of === 0 ? 1 : 0) } }),
      ),
  },
  {
    id: 'soft-is-told',
    about: 'errors that may pass are told to connected sockets without IP_RECVERR',
    breaks: ['without IP_RECVERR a socket hears of hard errors only, and only if it is connected'],
    plant: (net) =>
      net.replaceStep('report', (spec) => ({ ...spec, when: (spec.when ?? []).filter(({ label }) => label !== 'wants to know') })),
  },
  {
    id: 'first-error-stays',
    about: 'an error that comes while another one is pending is never looked at',
    breaks: ['an error takes the place of one that nobody has read'],
    plant: (net) =>
      net.replaceStep('found', (spec, n, { sock }) => ({
        ...spec,
        when: [...(spec.when ?? []), n.sock(Number(sock)).is('has no error', ({ err }) => err === null)],
      })),
  },
  {
    id: 'stuck-for-nobody',
    about: 'an error about a datagram of nobody is not given up',
    breaks: [ENDS],
    plant: (net) => net.replaceStep('not_found', () => undefined),
  },
  {
    id: 'errors-answered',
    row: 'M40',
    about: 'ICMP errors are answered with ICMP errors: two hosts that refuse each other never stop',
    breaks: ['two hosts that refuse each other are quiet in the end'],
    plant: (net) => net.replaceMachine('exchange', (machine) => machine.provide({ guards: { isError: () => false } })),
  },
  {
    id: 'freed-before-quoted',
    row: 'M45',
    about: 'the datagram is freed before icmp_send(), which quotes it',
    breaks: ['what an error quotes is not freed before'],
    plant: (net) => net.replaceMachine('exchange', (machine) => machine.provide({ guards: { freesFirst: ({ context: c }) => !c.freed } })),
  },
];
