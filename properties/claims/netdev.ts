/** A device that comes and goes, and flows that want all of a backlog. */
import { never, neverStep, type Property, sometimes } from '../../src/model/property.ts';
import { halfFull, queued } from '../../models/backlog/backlog.ts';
import { ended } from '../../models/kernel/ledger.ts';
import { range } from '../../models/kernel/packet.ts';
import type { StepInstance } from '../../src/model/network.ts';
import { isMinor } from '../../models/backlog/flowLimit.ts';
import type { Flows } from '../../models/networks/steps/enqueue.ts';
import type { NetdevParts } from '../../models/networks/steps/netdev.ts';

/** T5.12 */
export const flushedIsEmpty = (n: NetdevParts): Property =>
  never(
    'an unregistered device has no packet in a backlog',
    n.backlog.all.map((one) => [n.netdev.in('gone'), one.is('holds a packet', queued)]),
    [n.netdev.in('flushing'), n.backlog(0).is('holds a packet', queued)],
  );

/** I0.6's counterpart, M0.6: __LINK_STATE_START is set before the driver opens. */
export const runningIsMarked = (n: NetdevParts): Property =>
  neverStep(
    'a packet is refused as not running only while the device goes down',
    [{ step: isRefusal, before: [n.netdev.out('stopping')], after: [n.netdev.out('stopping')] }],
    [n.netdev.in('stopping')],
  );

const isRefusal = ({ name }: { readonly name: string }): boolean => name.startsWith('netif_rx') && name.endsWith('not_running');
const isLimit = ({ name }: { readonly name: string }): boolean => name.startsWith('netif_rx') && name.endsWith('limited');

type FlowParts = Flows & NetdevParts;

/** 7.1: consulted only when the backlog is half full. */
export const limitedWhenHalfFull = (n: FlowParts, target: number): Property =>
  neverStep(
    'a flow is limited only while the backlog is at least half full',
    [{ step: isLimit, before: [n.backlog(target).is('is not half full', (context) => !halfFull(context))], after: [] }],
    [n.backlog(target).is('is half full', halfFull)],
  );

/** 7.1: more than half of the recent history. */
export const minorFlowPasses = (n: FlowParts): Property =>
  neverStep(
    'a flow with less than half of the recent packets is not limited',
    range(n.flows).map((flow) => ({
      step: ({ name, params }: StepInstance) => isLimit({ name }) && params['flow'] === flow,
      before: [n.flowLimit(0).is(`has less than half of flow ${flow}`, isMinor(flow))],
      after: [],
    })),
    [n.flowLimit(0).is('has had flow 1', ({ recent }) => recent.includes(1))],
  );

/** What it is for: another flow gets through. */
export const otherFlowPasses = (n: FlowParts): Property =>
  sometimes('one flow is limited, and another one is delivered after that', [
    [
      n.ledger.is('says that packet 2 was limited and packet 3 delivered', (c) => ended(2, 'flowLimited')(c) && ended(3, 'delivered')(c)),
      n.flowLimit(0).is('has noted two flows last', ({ recent }) => recent.at(-1) !== recent.at(-2)),
    ],
  ]);
