/** A device that is gone has left nothing in the backlogs. */
import { never, type Property } from '../../src/model/property.ts';
import { queued } from '../../models/backlog/backlog.ts';
import type { UnregisterParts } from '../../models/networks/steps/unregister.ts';

/** T5.12 */
export const flushedIsEmpty = (n: UnregisterParts): Property =>
  never(
    'an unregistered device has no packet in a backlog',
    n.backlog.all.map((one) => [n.unregister.in('gone'), one.is('holds a packet', queued)]),
    [n.unregister.in('flushing'), n.backlog(0).is('holds a packet', queued)],
  );
