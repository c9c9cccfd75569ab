/** Demultiplexing. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { DEMUX_BUGS } from '../../models/bugs/demux.ts';
import { demuxSlice } from '../../models/networks/demux.ts';
import {
  clonesWhatItOwns,
  connectedHearsPeer,
  datagramEnds,
  eachHasACopy,
  HIGHEST_SCORE,
  highestScore,
  ignoredIfNobody,
  nobodyMissed,
  thirdScanFindsNobody,
} from '../claims/demux.ts';

const demuxProperties = ({ refs: n }: ReturnType<typeof demuxSlice.build>, s: { readonly sockets: number }) => [
  highestScore(n, s.sockets),
  connectedHearsPeer(n, s.sockets),
  nobodyMissed(n),
  thirdScanFindsNobody(n),
  clonesWhatItOwns(n),
  eachHasACopy(n, s.sockets),
  ignoredIfNobody(n),
  datagramEnds(n),
];

const GROUP_FIRST =
  'udp4_lib_lookup2() returns what a reuseport group without connected members has chosen at once: a connected socket outside of the group, older and so behind it in the chain, is not scored. It needs SO_REUSEADDR on all of them. The hash of four of 6.18 finds the connected one first, as measured on 6.18.44.';

export const DEMUX_SUITES: readonly Suite[] = [
  suite({
    id: 'demux/6.1',
    family: demuxSlice,
    scenario: {},
    walk: { sockets: 4 },
    properties: demuxProperties,
    bugs: DEMUX_BUGS,
  }),
  suite({
    id: 'demux/6.1-early',
    family: demuxSlice,
    scenario: { early: 'on' },
    walk: { early: 'on', sockets: 4 },
    properties: demuxProperties,
    bugs: [],
  }),
  suite({
    id: 'demux/6.1-groups',
    family: demuxSlice,
    scenario: { groups: 'yes', early: 'on' },
    walk: { groups: 'yes', early: 'on', sockets: 4 },
    properties: demuxProperties,
    violates: { [HIGHEST_SCORE]: GROUP_FIRST },
    bugs: [],
  }),
  suite({
    id: 'demux/6.18-groups',
    family: demuxSlice,
    scenario: { groups: 'yes', hash4: 'on' },
    walk: { groups: 'yes', hash4: 'on', sockets: 4 },
    properties: demuxProperties,
    bugs: [],
  }),
];
