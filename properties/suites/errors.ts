/** ICMP errors, in and out. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { ERROR_BUGS } from '../../models/bugs/errors.ts';
import { errorSlice } from '../../models/networks/errors.ts';
import { errorsCoalesce, exchangeEnds, messageEnds, quotesBeforeFree, senderIsTold, toldOnlyIfWanted } from '../claims/errors.ts';

export const ERROR_SUITES: readonly Suite[] = [
  suite({
    id: 'errors/6.1',
    family: errorSlice,
    scenario: {},
    walk: { messages: 4 },
    properties: ({ refs: n }) => [
      senderIsTold(n),
      toldOnlyIfWanted(n),
      errorsCoalesce(n),
      messageEnds(n),
      exchangeEnds(n),
      quotesBeforeFree(n),
    ],
    bugs: ERROR_BUGS,
  }),
];
