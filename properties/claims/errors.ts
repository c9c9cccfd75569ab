/** ICMP errors: the right socket hears of them, and none is answered by another. */
import { isHard } from '../../models/icmp/receive.ts';
import type { ErrorParts } from '../../models/networks/errors.ts';
import { leadsTo, never, not, type Property, sometimes } from '../../src/model/property.ts';

export const senderIsTold = (n: ErrorParts): Property =>
  never(
    'a socket is told of its own datagrams only',
    n.sock.all.map((one) => [one.is('is misled', ({ misled }) => misled)]),
    [n.sock(0).is('has an error', ({ err }) => err !== null)],
  );

/** Notes, section 7, C10. */
export const toldOnlyIfWanted = (n: ErrorParts): Property =>
  never(
    'without IP_RECVERR a socket hears of hard errors only, and only if it is connected',
    n.sock.all.map((one) => [
      one.is('has an error that it did not want', (c) => c.err !== null && !c.recverr && !(isHard(c.err) && c.connected)),
    ]),
    [n.sock(0).is('has an error, and not IP_RECVERR', ({ err, recverr }) => err !== null && !recverr)],
  );

/** C11: the last one wins. */
export const errorsCoalesce = (n: ErrorParts): Property =>
  sometimes('an error takes the place of one that nobody has read', [
    [
      n.icmp.in('telling'),
      n.icmp.is('tells socket 0 of host', ({ sock, code }) => sock === 0 && code === 'host'),
      n.sock(0).is('has port', ({ err }) => err === 'port'),
    ],
  ]);

export const messageEnds = (n: ErrorParts): Property =>
  leadsTo('an ICMP error that came in is told, ignored or counted', [[not(n.icmp.in('idle'))]], [[n.icmp.in('idle')]]);

export const exchangeEnds = (n: ErrorParts): Property =>
  leadsTo('two hosts that refuse each other are quiet in the end', [[not(n.exchange.in('quiet'))]], [[n.exchange.in('quiet')]]);

export const quotesBeforeFree = (n: ErrorParts): Property =>
  never(
    'what an error quotes is not freed before',
    [[n.exchange.in('answering'), n.exchange.is('is freed', ({ freed }) => freed)]],
    [n.exchange.in('answering')],
  );
