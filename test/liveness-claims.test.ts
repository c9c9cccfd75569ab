/** The claims about progress, on small slices of the path, and the planted bugs that break each of them. */
import { describe, expect, test } from 'vitest';
import { BACKLOG_BUGS } from '../models/bugs/backlog.ts';
import { RING_BUGS } from '../models/bugs/ring.ts';
import { SOCKET_BUGS } from '../models/bugs/socket.ts';
import { backlogSlice } from '../models/networks/backlog.ts';
import { ringSlice } from '../models/networks/ring.ts';
import { socketSlice } from '../models/networks/socket.ts';
import {
  backlogIsProcessed,
  callGoesOn,
  frameIsTaken,
  queuedIsRead,
  raisedIsCleared,
  sleeperIsWoken,
  vectorIsOpened,
} from '../properties/claims/progress.ts';
import { check } from '../src/explore/check.ts';
import type { Network, Value } from '../src/model/network.ts';
import type { Property } from '../src/model/property.ts';
import { type Family, type Keys, scenarioOf } from '../src/model/scenario.ts';
import type { Bug } from '../src/model/suite.ts';
import { lengthText } from '../src/trace/however.ts';

type Values = Readonly<Record<string, Value>>;

/** The verdicts on the claims that `claims` makes of a slice, with a bug planted if one is named. */
function verdicts<K extends Keys, N extends Network>(
  slice: Family<K, N>,
  values: Values,
  claims: (network: N, packets: number) => readonly Property[],
  bugs: readonly Bug<N>[],
  id?: string,
): string[] {
  const bug = bugs.find((one) => one.id === id);
  const sound = slice.build(scenarioOf(slice, { ...values, ...bug?.scenario }));
  const network = bug ? bug.plant(sound) : sound;
  return check(network, claims(network, Number(values['packets']))).results.map(({ verdict }) =>
    verdict.tag === 'violated' && verdict.trace ? lengthText(verdict.trace) : verdict.tag,
  );
}

describe('ring: a frame is taken, a softirq is begun, the vector is opened', () => {
  const of = (id?: string) =>
    verdicts(
      ringSlice,
      { packets: 2 },
      ({ refs: n }, packets) => [frameIsTaken(n, packets), raisedIsCleared(n, [0]), vectorIsOpened(n)],
      RING_BUGS,
      id,
    );

  test('all three come about', () => {
    expect(of()).toEqual(['holds', 'holds', 'holds']);
  });

  test.each([
    ['no-latch', ['21 steps, then nothing more', 'holds', 'holds']],
    ['mask-not-read-again', ['26 steps, then nothing more', '20 steps, then nothing more', '20 steps, then nothing more']],
    ['never-unmask', ['21 steps, then nothing more', 'holds', '19 steps, then nothing more']],
    // One frame over and over: the softirq never ends, so no claim about rest sees it.
    ['frame-taken-twice', ['12 steps, then 10 steps for ever', 'holds', '12 steps, then 10 steps for ever']],
  ])('not with %s', (id, found) => {
    expect(of(id)).toEqual(found);
  });
});

describe('backlog: a packet is taken', () => {
  const of = (id?: string) =>
    verdicts(backlogSlice, { packets: 2 }, ({ refs: n }, packets) => [backlogIsProcessed(n, packets)], BACKLOG_BUGS, id);

  test('in the end', () => {
    expect(of()).toEqual(['holds']);
  });

  test.each(['emptiness-tested-unlocked', 'first-not-scheduled', 'ipi-forgotten'])('not with %s', (id) => {
    expect(of(id)).toEqual([expect.stringMatching(/then nothing more$/)]);
  });
});

describe('socket: a sleeper is woken, what is queued is read, a call goes on', () => {
  const of = (values: Values, id?: string) =>
    verdicts(
      socketSlice,
      { packets: 2, kinds: 'matched', ...values },
      ({ refs: n }, packets) => [sleeperIsWoken(n), queuedIsRead(n, packets), callGoesOn(n)],
      SOCKET_BUGS,
      id,
    );

  test.each([[{ readers: 1, modes: 'all' }], [{ readers: 2, modes: 'block' }]])('with %j', (values) => {
    expect(of(values)).toEqual(['holds', 'holds', 'holds']);
  });

  test.each([
    ['no-recheck', { readers: 1, modes: 'block' }, ['14 steps, then nothing more', '14 steps, then nothing more', 'holds']],
    ['finish-wait-hangs', { readers: 1, modes: 'block' }, ['holds', '15 steps, then nothing more', '15 steps, then nothing more']],
  ])('not with %s', (id, values, found) => {
    expect(of(values, id)).toEqual(found);
  });
});
