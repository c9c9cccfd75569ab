/** Dispatch: who takes a frame, with a reference of his own, and what is counted if nobody does. */
import { always, never, type Property, sometimes } from '../../src/model/property.ts';
import { ended } from '../../models/kernel/ledger.ts';
import type { DispatchParts } from '../../models/networks/dispatch.ts';
import { reads } from '../../models/kernel/counter.ts';

/** I6.2 */
export const ownersHaveReferences = (n: DispatchParts): Property =>
  never(
    'whoever has been given a frame has a reference to it',
    [[n.dispatch.is('has given out more than it has references', ({ users, owners }) => owners > users)]],
    [n.dispatch.is('has given a frame out', ({ owners }) => owners > 0)],
  );

/** I6.1, I6.2 */
export const referencesEnd = (n: DispatchParts): Property =>
  never(
    'a frame that has gone leaves no reference behind',
    [[n.dispatch.is('has a reference that nobody has', ({ users, owners }, state) => state === 'idle' && users > owners)]],
    [n.dispatch.in('round')],
  );

/** T6.11 */
export const exactOnly = (n: DispatchParts): Property =>
  never(
    'a frame of an inactive slave goes to exact handlers only',
    [[n.dispatch.is('remembers another handler', ({ exact, remembered }) => exact && remembered === 'global')]],
    [n.dispatch.is('wants an exact match', ({ exact }) => exact)],
  );

/** T6.14: `goto skip_taps`. */
export const reservePastTaps = (n: DispatchParts): Property =>
  never(
    'a frame from the memory reserves goes past the taps',
    [[n.dispatch.is('remembers a tap', ({ reserve, remembered }) => reserve && remembered === 'tap')]],
    [n.dispatch.is('has a frame from the reserves', ({ reserve }) => reserve)],
  );

/** T6.13, the surprise: with a tap an unknown EtherType counts as handled. Only frames from the reserves go past it. */
export const tapHandles = (n: DispatchParts): Property =>
  always(
    'what a tap has seen is not dropped as unhandled',
    [n.dispatch.in('last'), n.dispatch.is('has a frame of its own memory', ({ reserve }) => !reserve)],
    [n.dispatch.is('remembers a handler, or has given the frame out', ({ remembered, owners }) => remembered !== 'none' || owners > 0)],
  );

/** 7.1: rounds are counted. */
export const countedTwice = (n: DispatchParts): Property =>
  sometimes('softnet_data.processed counts a frame twice', [
    [n.wire.is('has sent one frame', ({ kinds }) => kinds.length === 1), n.processed.is('reads 2', reads(2))],
  ]);

/** T6.6: K8 has its like below IP. */
export const uncounted = (n: DispatchParts): Property =>
  sometimes('a frame goes, and no counter tells', [
    [
      n.ledger.is('says that XDP dropped frame 0', ended(0, 'xdp')),
      n.rx_dropped.is('reads 0', reads(0)),
      n.rx_nohandler.is('reads 0', reads(0)),
    ],
  ]);
