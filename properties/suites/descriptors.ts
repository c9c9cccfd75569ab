/** The RX ring, descriptor by descriptor. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { DESCRIPTOR_BUGS } from '../../models/bugs/descriptors.ts';
import type { ProfileName } from '../../models/kernel/profile.ts';
import { descriptorSlice } from '../../models/networks/descriptors.ts';
import {
  descriptorsAddUp,
  leftBehind,
  noFrameLost,
  overrunCounted,
  refilled,
  sentinel,
  takenAtLast,
  takenOnce,
} from '../claims/descriptors.ts';

const descriptorProperties = (
  { refs: n }: ReturnType<typeof descriptorSlice.build>,
  s: { readonly profile: ProfileName; readonly packets: number },
) => [
  takenOnce(n),
  sentinel(n),
  descriptorsAddUp(n),
  noFrameLost(n, s.packets),
  overrunCounted(n, s.packets),
  refilled(n, s.profile === '6.18'),
  takenAtLast(n, s.packets, s.profile === '6.18'),
  leftBehind(n),
];

export const DESCRIPTOR_SUITES: readonly Suite[] = [
  suite({
    id: 'descriptors/6.12',
    family: descriptorSlice,
    scenario: { packets: 3 },
    walk: { packets: 12, weight: 3, shortages: 3 },
    properties: descriptorProperties,
    bugs: DESCRIPTOR_BUGS,
  }),
  suite({
    id: 'descriptors/6.18',
    family: descriptorSlice,
    scenario: { profile: '6.18', packets: 3 },
    deep: { scenario: { packets: 5, shortages: 2 }, states: 5_484_725, transitions: 19_128_334 },
    walk: { profile: '6.18', packets: 12, ring: 4, weight: 4, batch: 2, shortages: 3 },
    properties: descriptorProperties,
    bugs: [],
  }),
];
