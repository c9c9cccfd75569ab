/** Demultiplexing: the right socket, and of a broadcast a copy for each. */
import { leadsTo, never, not, type Property } from '../../src/model/property.ts';
import type { DemuxParts } from '../../models/networks/demux.ts';
import { type From, isConnected, isGrouped, type Kind, score, type To } from '../../models/udp/portTable.ts';

export const HIGHEST_SCORE = 'a datagram goes to the socket of the highest score, the newest of equals';

const FROM: readonly From[] = ['A', 'stranger'];
const DESTINATIONS: readonly To[] = ['own', 'other'];

/** Whom a datagram is for, by score and age alone; of a group, any member that is not connected. Empty: nobody. */
function rightful(socks: readonly Kind[], from: From, to: To): readonly number[] {
  const ofAddress = (isAny: boolean) => socks.map((kind) => ((kind === 'any') === isAny ? score(kind, from, to) : 0));
  const scores = Math.max(0, ...ofAddress(false)) > 0 ? ofAddress(false) : ofAddress(true);
  const best = Math.max(0, ...scores);
  if (best === 0) return [];
  const winner = scores.lastIndexOf(best);
  if (!isGrouped(socks[winner]!) || isConnected(socks[winner]!)) return [winner];
  return socks.flatMap((kind, i) => (kind === 'group' ? [i] : []));
}

/** A datagram from `from` to `to`. */
const isOf = (n: DemuxParts, from: From, to: To) => n.demux.is(`has one from ${from} to ${to}`, (c) => c.from === from && c.to === to);

const each = <T>(f: (from: From, to: To) => readonly T[]): T[] => FROM.flatMap((from) => DESTINATIONS.flatMap((to) => f(from, to)));

/** Notes, section 5: lookup and score. */
export const highestScore = (n: DemuxParts, sockets: number): Property =>
  never(
    HIGHEST_SCORE,
    each((from, to) =>
      Array.from({ length: sockets }, (_, i) => [
        n.demux.in('found'),
        isOf(n, from, to),
        n.demux.is(`found socket ${i}`, ({ best }) => best === i),
        n.table.is(
          `socket ${i} is not the one for a datagram from ${from} to ${to}`,
          ({ socks }) => !rightful(socks, from, to).includes(i),
        ),
      ]),
    ),
    [n.demux.in('found'), n.table.is('has two sockets', ({ socks }) => socks.length > 1)],
  );

/** I8.2 */
export const connectedHearsPeer = (n: DemuxParts, sockets: number): Property =>
  never(
    'a connected socket gets nothing from strangers',
    Array.from({ length: sockets }, (_, i) => [
      n.demux.in('found'),
      n.demux.is(`found socket ${i} for a stranger`, ({ best, from }) => best === i && from === 'stranger'),
      n.table.is(`socket ${i} is connected`, ({ socks }) => socks[i] !== undefined && isConnected(socks[i])),
    ]),
    [n.demux.in('found'), n.table.is('has a connected one', ({ socks }) => socks.some(isConnected))],
  );

/** I8.3 where sockets stay as they are. */
export const nobodyMissed = (n: DemuxParts): Property =>
  never(
    'a datagram that some socket matches finds one',
    each((from, to) => [
      [
        n.demux.in('missing'),
        isOf(n, from, to),
        n.table.is(`has one for a datagram from ${from} to ${to}`, ({ socks }) => rightful(socks, from, to).length > 0),
      ],
    ]),
    [n.demux.in('missing')],
  );

/** What the third scan is for is in the family `lookup`: sockets that move. */
export const thirdScanFindsNobody = (n: DemuxParts): Property =>
  never(
    'where sockets stay as they are, the chain of the port finds nobody else',
    [[n.demux.in('found'), n.demux.is('is in the chain of the port', ({ scan }) => scan === 'port')]],
    [n.demux.in('scanning'), n.demux.is('is in the chain of the port', ({ scan }) => scan === 'port')],
  );

/** One owner: M20. */
export const clonesWhatItOwns = (n: DemuxParts): Property =>
  never(
    'a broadcast is copied from what softirq owns',
    [[n.demux.in('cloning'), not(n.original.in('held'))]],
    [n.demux.in('copied'), n.original.in('freed')],
  );

/** Section 5 (b2): deliveries are matches, but for copies that could not be made. */
export const eachHasACopy = (n: DemuxParts, sockets: number): Property =>
  never(
    'of a broadcast, each socket that listens has a copy, or the failure of its copy counted',
    Array.from({ length: sockets + 1 }, (_, matches) => [
      n.demux.in('copied'),
      n.table.is(`has ${matches} that listen`, ({ socks }) => socks.filter((kind) => kind === 'any').length === matches),
      n.demux.is(`has copies and failures other than ${matches}`, ({ copies, failed }) => copies + failed !== matches),
    ]),
    [n.demux.in('copied'), n.demux.is('has made 2', ({ copies }) => copies === 2)],
  );

/** T24 */
export const ignoredIfNobody = (n: DemuxParts): Property =>
  never(
    'a broadcast is ignored only if nobody listens',
    [
      [
        n.demux.in('missing'),
        n.demux.is('has a broadcast', ({ to }) => to === 'broadcast'),
        n.table.is('has one that listens', ({ socks }) => socks.includes('any')),
      ],
    ],
    [n.demux.in('missing'), n.demux.is('has a broadcast', ({ to }) => to === 'broadcast')],
  );

export const datagramEnds = (n: DemuxParts): Property =>
  leadsTo('a datagram that came in goes to a socket, or to nobody', [[not(n.demux.in('idle'))]], [[n.demux.in('idle')]]);
