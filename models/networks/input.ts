/** The slice of IP and UDP input: one packet after another, through every decision, to one of the ends of the ledger. */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { ipInput } from '../ip/input.ts';
import { keeper } from '../ip/keeper.ts';
import { counter } from '../kernel/counter.ts';
import { udpInput } from '../udp/input.ts';
import { componentsOf } from './components.ts';
import { INPUT_COUNTERS } from './inputParts.ts';
import { keys } from './scenario.ts';
import { ipInputSteps } from './steps/ipInput.ts';
import { udpInputSteps } from './steps/udpInput.ts';

export const inputSlice = family({
  name: 'input',
  about: 'IP and UDP input and the rules of ICMP, decision by decision, with the counters of each',
  keys: {
    ...keys('packets'),
    part: choice(['both', 'ip', 'udp'], 'both', 'what may refuse packets; the other one takes them all'),
    hooks: choice(['off', 'on'], 'off', 'netfilter hooks with any verdict'),
    raw: choice(['off', 'on'], 'off', 'raw sockets that may match'),
    fragments: choice(['off', 'on'], 'off', 'packets may be fragments'),
    tcp: choice(['off', 'on'], 'off', 'packets may be TCP segments'),
    rule10b: choice(['off', 'on'], 'off', '7.2: no ICMP error goes to a broadcast address'),
    credits: int({ min: 0, max: 4, otherwise: 2, about: 'ICMP errors that the global bucket allows; the peer has one less' }),
  },
  build: (s) => {
    const { wire, ledger } = componentsOf({ packets: s.packets });
    return network('input', {
      wire,
      ledger,
      ip: component(ipInput),
      udp: component(udpInput, { credits: s.credits, looksAtRoute: s.rule10b === 'on' }),
      nf: component(keeper),
      fragments: component(keeper),
      counter: INPUT_COUNTERS.map(() => component(counter, { max: 2 * s.packets })),
    })
      .join((n) => ipInputSteps(n, s))
      .join((n) => udpInputSteps(n, s));
  },
});
