/** Litmus tests: an outcome that must not be. */
import { never, type Property } from '../../src/model/property.ts';
import { reads } from '../../models/memory/memory.ts';
import { isEmpty } from '../../models/memory/storeBuffer.ts';
import { type TestName, testOf } from '../../models/memory/tests.ts';
import { ended, hasRead } from '../../models/memory/thread.ts';
import type { LitmusParts } from '../../models/networks/litmus.ts';

export const OUTCOME = 'neither CPU misses what the other has done';

const text = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** At the end, with every store in memory. */
export function outcome(n: LitmusParts, name: TestName): Property {
  const { left = {}, right = {}, memory = {} } = testOf(name).bad;
  const over = [...n.thread.all.map((one) => one.is('has ended', ended)), ...n.buffer.all.map((one) => one.is('is empty', isEmpty))];
  return never(
    OUTCOME,
    [
      [
        ...over,
        n.thread(0).is(`has read ${text(left)}`, hasRead(left)),
        n.thread(1).is(`has read ${text(right)}`, hasRead(right)),
        n.memory.is(`holds ${text(memory)}`, reads(memory)),
      ],
    ],
    over,
  );
}
