/** Machines of the model by themselves, one instance for each CPU, task and NAPI instance that the trace shows. */
import type { EventObject } from 'xstate';
import { napi } from '../../models/napi/napi.ts';
import { softirq } from '../../models/softirq/softirq.ts';
import { waiter } from '../../models/task/waiter.ts';
import type { WaiterContext } from '../../models/task/waiterTypes.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { type LabelOf, NOWHERE, Projection } from '../../src/conform/projection.ts';
import { component, stateName } from '../../src/model/component.ts';
import type { Findings } from './finding.ts';

const events = (...types: readonly string[]): EventObject[] => types.map((type) => ({ type }));

/** NET_RX of one CPU. Where raises are not recorded, they are hidden. */
const softirqWith = (raises: boolean): Projection =>
  new Projection(
    'softirq',
    component(softirq),
    events('RAISE', 'ENTER', 'DONE', 'RESTART', 'LEAVE', 'HANDOVER', 'OTHER'),
    ({ type }) =>
      ({ RAISE: raises ? 'softirq_raise' : undefined, ENTER: 'softirq_entry', RESTART: 'softirq_entry', DONE: 'softirq_exit' })[type],
  );

/** What a call returns, by the way it ends. */
const RETURNS: Readonly<Record<WaiterContext['failed'], string>> = {
  no: 'returns EAGAIN',
  error: 'returns an error',
  signal: 'is interrupted',
  shutdown: 'returns a datagram',
};

const readerLabel: LabelOf = ({ type, ...event }, from, to) => {
  const state = stateName(from.value);
  if (type === 'CALL')
    return { dontwait: 'calls with MSG_DONTWAIT', peek: 'calls with MSG_PEEK' }[(event as { way?: string }).way ?? ''] ?? 'calls';
  if (type === 'RETURN') return 'returns a datagram';
  if (type === 'FAULT') return 'returns EFAULT';
  if (type === 'BAD') return 'drops a bad datagram';
  if (to.value === 'user' && state === 'top') return 'returns an error';
  if (to.value === 'user') return RETURNS[(from.context as WaiterContext).failed];
  if (to.value === 'asleep') return 'sleeps';
  // A wakeup in the same moment: try_to_wake_up() is seen before schedule() takes the task off its CPU, and takes effect after.
  if (type === 'SCHEDULE') return [undefined, 'sleeps'];
  if (type === 'WAKE' || (state === 'asleep' && (type === 'EXPIRE' || type === 'SIGNAL'))) return 'is woken';
  return type === 'EXPIRE' && state === 'committed' ? 'is woken' : undefined;
};

/** Which datagram it is does not matter to one reader by itself. */
const TAKE: EventObject & { readonly pkt: number } = { type: 'TAKE', pkt: 0 };

const readerEvents: readonly EventObject[] = [
  ...['block', 'timeout', 'peek', 'dontwait'].map((way) => ({ type: 'CALL', way })),
  TAKE,
  ...events('RETURN', 'BAD', 'FAULT', 'ERROR', 'NO_ERROR', 'NONE', 'SPUN', 'SPUN_TRY', 'SEES_DATA', 'SEES_NONE', 'SHUTDOWN', 'NO_SHUTDOWN'),
  ...events('SIGNALLED', 'NO_SIGNAL', 'PREPARE', 'SCHEDULE', 'WAKE', 'EXPIRE', 'SIGNAL', 'RUN', 'UNLINK', 'UNLINKED'),
];

/** While the device is up and nobody busy polls: what else there is has a name that no line has. */
const napiLabel: LabelOf = ({ type }) =>
  ({
    ENABLE: 'napi_enable',
    DISABLE: 'napi_disable',
    GRAB: 'napi_busy_loop',
    SET_THREADED: undefined,
    MARK: undefined,
    CLEAR_MISSED: 'busy_poll_stop',
    CLEAR_BUSY: 'busy_poll_stop',
    RELEASE: '__busy_poll_stop',
    DISABLED: 'napi_disable',
    PREP: 'napi_schedule_prep ret=1',
    TIMER: 'napi_schedule_prep ret=1',
    PREP_LOST: 'napi_schedule_prep ret=0',
    COMPLETE: 'napi_complete_done ret=1',
    COMPLETE_MISSED: 'napi_complete_done ret=0',
    COMPLETE_MISSED_MARK: 'napi_complete_done ret=0',
    KEEP: 'napi_complete_done ret=0',
  })[type];

const napiEvents = [
  ...events('ENABLE', 'PREP', 'PREP_LOST', 'COMPLETE', 'COMPLETE_MISSED', 'COMPLETE_MISSED_MARK', 'DISABLE', 'DISABLED', 'GRAB', 'KEEP'),
  ...events('CLEAR_MISSED', 'CLEAR_BUSY', 'RELEASE', 'SET_THREADED', 'MARK'),
];

/** The projections, made once: their sets are shared by all traces of a process. */
export const PROJECTIONS = {
  softirq: softirqWith(true),
  softirqWithoutRaises: softirqWith(false),
  reader: new Projection('waiter', component(waiter, { handsOn: false, spins: true }), readerEvents, readerLabel),
  napi: new Projection('napi', component(napi, { hasMissed: true }), napiEvents, napiLabel),
};

/** One instance of a component. */
export class Instance {
  readonly name: string;
  readonly #projection: Projection;
  #set: number;
  /** The states if the mask was read before the last raises, and softirq_entry is still to come. */
  #entered = NOWHERE;

  constructor(name: string, projection: Projection) {
    this.name = name;
    this.#projection = projection;
    this.#set = projection.first;
  }

  /**
   * softirq_entry is written after the mask was read and cleared: what interrupts raise in between is for the next pass.
   * `isInterrupt` says that the line is a raise by one.
   */
  takeSoftirq(line: FtraceLine, findings: Findings, isInterrupt: boolean): void {
    const projection = this.#projection;
    const entered = isInterrupt ? projection.after(this.#set, 'softirq_entry') : NOWHERE;
    const late = projection.union(this.#entered, entered);
    const [here, there] = [projection.after(this.#set, line.name), this.#entered];
    this.#entered = late === NOWHERE || !isInterrupt ? NOWHERE : projection.after(late, 'softirq_raise');
    if (line.name !== 'softirq_entry' || there === NOWHERE) this.take(line, line.name, findings);
    else this.#set = projection.union(here, there);
  }

  /** Takes what `line` shows; refuses it if no state allows it, and begins anew. */
  take(line: FtraceLine, label: string, findings: Findings): boolean {
    const after = this.#projection.after(this.#set, label);
    if (after !== NOWHERE) {
      this.#set = after;
      return true;
    }
    const offers = this.#projection.offers(this.#set);
    const wanted = this.#projection.wanted(label);
    findings.refuse(this.name, line, `"${label}" is possible in state ${wanted.join(', ') || 'none'} of machine ${this.#projection.name}`, {
      possible: this.#projection.states(this.#set),
      instead: offers.map(({ label: other }) => other),
    });
    this.#set = this.#projection.after(this.#projection.first, label);
    if (this.#set === NOWHERE) this.#set = this.#projection.first;
    return false;
  }
}
