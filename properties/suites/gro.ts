/** GRO. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { GRO_BUGS } from '../../models/bugs/gro.ts';
import { groSlice } from '../../models/networks/gro.ts';
import { batchGoesUp, heldWithinLimit, flowInOrder, groLosesNothing, heldHasTimer, heldIsDelivered, listGoesUp } from '../claims/gro.ts';

const groProperties = (
  { refs: n }: ReturnType<typeof groSlice.build>,
  s: {
    readonly packets: number;
    readonly flows: number;
    readonly limit: number;
    readonly batch: number;
    readonly hz: string;
    readonly timeout: 'off' | 'on';
  },
) => [
  groLosesNothing(n, s.packets),
  flowInOrder(n),
  heldHasTimer(n),
  listGoesUp(n),
  ...(s.limit < s.flows ? [heldWithinLimit(n)] : []),
  ...(s.batch < s.packets ? [batchGoesUp(n)] : []),
  heldIsDelivered(n, s.packets, s.hz === '1000' || s.timeout === 'on'),
];

export const GRO_SUITES: readonly Suite[] = [
  suite({
    id: 'gro/timer',
    family: groSlice,
    scenario: { packets: 3 },
    deep: { scenario: { packets: 5 }, states: 2_125, transitions: 4_386 },
    walk: { packets: 6, weight: 4 },
    properties: groProperties,
    bugs: GRO_BUGS,
  }),
  suite({
    id: 'gro/flood',
    family: groSlice,
    scenario: { packets: 3, timeout: 'off', flood: 'on' },
    walk: { packets: 6, weight: 4, timeout: 'off', flood: 'on' },
    properties: groProperties,
    bugs: [],
  }),
  suite({
    id: 'gro/flood-hz1000',
    family: groSlice,
    scenario: { packets: 3, hz: '1000', flood: 'on' },
    walk: { packets: 6, weight: 4, hz: '1000', flood: 'on' },
    properties: groProperties,
    bugs: [],
  }),
  // A bucket that is full, a list that goes up in the middle of a poll.
  suite({
    id: 'gro/bucket',
    family: groSlice,
    scenario: { packets: 4, flows: 3, limit: 2, batch: 2 },
    walk: { packets: 9, weight: 6, flows: 4, limit: 2, batch: 3 },
    properties: groProperties,
    bugs: [],
  }),
];
