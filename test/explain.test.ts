import { stripVTControlCharacters, styleText } from 'node:util';
import { expect, test } from 'vitest';
import { differences, stateText, valueText } from '../src/export/values.ts';
import { check } from '../src/explore/check.ts';
import { always, never } from '../src/model/property.ts';
import { scenarioText } from '../src/model/scenario.ts';
import { changeText, conjunctText, explain, type Explained, valuesRead } from '../src/trace/explain.ts';
import { replay } from '../src/trace/replay.ts';
import { hostileNetwork } from './fixtures/reportHostile.ts';
import { FULL, nicNetwork, nicSuite, STRANDED } from './fixtures/reportToys.ts';

/** The trace of the property `name`, with the bug planted if given. */
function explained(name: string, bug?: string): Explained {
  const { network, scenario, properties } = nicSuite.build({}, bug);
  const verdict = check(network, properties).results.find(({ property }) => property.name === name);
  if (verdict === undefined) throw new Error(`no property ${name}`);
  const { property, verdict: found } = verdict;
  const trace = found.tag === 'violated' ? found.trace : found.tag === 'holds' ? found.witness : undefined;
  if (trace === undefined) throw new Error(`no trace for ${name}`);
  return { network: network.name, scenario: scenarioText(scenario), property, trace };
}

test('a counterexample reads as Let, Then, However, Therefore', () => {
  expect(explain(explained(STRANDED, 'forget-missed'))).toBe(`\
Let      network   nic
         bounds    frames=2 size=1 weight=2
         property  no frame is stranded in the ring
                   (must hold in every quiescent state: no step of the system itself is enabled)

Then     1  dma       NIC (environment)
            ring  fill      stays ready; used 0 -> 1; sent 0 -> 1
            irq   raise     quiet -> pending
            kernel: igb_alloc_rx_buffers
         2  irq       hardirq CPU0
            irq   handle    pending -> quiet
            napi  schedule  idle -> owned.scheduled
            kernel: igb_msix_ring, napi_schedule_prep, __napi_schedule
         3  poll      softirq CPU0
            napi  softirq   owned.scheduled -> owned.polling
            kernel: net_rx_action, napi_poll
         4  clean     softirq CPU0
            napi  clean     stays owned.polling; work 0 -> 1
            ring  take      stays ready; used 1 -> 0
            kernel: igb_clean_rx_irq, napi_gro_receive
         5  drained   softirq CPU0
            napi  drained   owned.polling -> owned.completing
         6  dma       NIC (environment)
            ring  fill      stays ready; used 0 -> 1; sent 1 -> 2
            irq   raise     quiet -> pending
            kernel: igb_alloc_rx_buffers
         7  irq       hardirq CPU0
            irq   handle    pending -> quiet
            napi  schedule  stays owned.completing
            kernel: igb_msix_ring, napi_schedule_prep
         8  complete  softirq CPU0
            napi  complete  owned.completing -> idle; work 1 -> 0
            kernel: napi_complete_done

However  after step 8 no step of the system itself is enabled, and
           ring holds a frame  [ready, used = 1]
           napi is idle        [idle]
         which is what is forbidden: "no frame is stranded in the ring".

Therefore the property is violated within the bounds, in 8 steps.
`);
});

test('a witness says Indeed', () => {
  expect(explain(explained(FULL))).toBe(`\
Let      network   nic
         bounds    frames=2 size=1 weight=2
         property  the ring can fill up
                   (must hold in some reachable state)

Then     1  dma  NIC (environment)
            ring  fill   stays ready; used 0 -> 1; sent 0 -> 1
            irq   raise  quiet -> pending
            kernel: igb_alloc_rx_buffers

Indeed   after step 1
           ring is full  [ready, used = 1, size = 1]
         which is what is sought: "the ring can fill up".

Therefore the situation is reachable within the bounds, in 1 step.
`);
});

test('a trace without steps says that the initial state will do', () => {
  const network = nicNetwork({ frames: 1, size: 1, weight: 1 });
  const property = never('the ring is never empty', [[network.refs.ring.is('is empty', (c) => c.used === 0)]], []);
  const text = explain({ network: 'nic', scenario: '', property, trace: replay(network, []) });
  expect(text).toContain('Then     nothing has to happen: the initial state will do.');
  expect(text).toContain('However  in the initial state');
  expect(text).toContain('bounds    (none)');
});

test('colour comes only from the style that is passed in, and changes no text', () => {
  const shown = explained(STRANDED, 'forget-missed');
  const coloured = explain(shown, { style: (format, text) => styleText(format, text, { validateStream: false }) });
  expect(coloured).toContain('\u001b[31mTherefore');
  expect(stripVTControlCharacters(coloured)).toBe(explain(shown));
});

test('lines fold at the given width and hang beside their label', () => {
  const lines = explain(explained(STRANDED, 'forget-missed'), { columnsMax: 60 }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(66);
  expect(lines).toContain('            kernel: igb_msix_ring, napi_schedule_prep,');
  expect(lines).toContain('                    __napi_schedule');
});

test('a newline in a name cannot start a line of its own in the text', () => {
  const network = hostileNetwork();
  const property = never('n', [[{ component: [...network.parts().keys()][0] ?? '', label: 'is there', test: () => true }]], []);
  expect(explain({ network: network.name, scenario: '', property, trace: replay(network, [0]) })).not.toMatch(/^new line/m);
});

test('a trace that does not end in the property is refused', () => {
  const network = nicNetwork({ frames: 1, size: 1, weight: 1 });
  const property = never('p', [[network.refs.napi.in('owned')]], []);
  expect(() => explain({ network: 'nic', scenario: '', property, trace: replay(network, []) })).toThrow(/property 'p': the last state/);
});

test('only changed leaves are differences', () => {
  const before = { n: 1, same: [1, 2], queue: [0], deep: { left: { len: 1, tag: 'a' }, right: { len: 2, tag: 'b' } } };
  const after = { n: 1, same: [1, 2], queue: [0, 1], deep: { left: { len: 1, tag: 'a b' }, right: { len: 3, tag: 'b' } } };
  expect(differences(before, after)).toEqual([
    { path: 'queue', before: '[0]', after: '[0, 1]' },
    { path: 'deep.left.tag', before: 'a', after: '"a b"' },
    { path: 'deep.right.len', before: '2', after: '3' },
  ]);
});

test('a long list, and a list of records, differ by index', () => {
  const long = Array.from({ length: 12 }, (_, index) => index);
  expect(differences({ long }, { long: long.with(3, 99) })).toEqual([{ path: 'long[3]', before: '3', after: '99' }]);
  expect(differences({ frames: [{ len: 1 }] }, { frames: [{ len: 1 }, { len: 2 }] })).toEqual([
    { path: 'frames[1]', before: '(none)', after: '{len: 2}' },
  ]);
  expect(differences({ frames: [{ len: 1 }] }, { frames: [{ len: 4 }] })).toEqual([{ path: 'frames[0].len', before: '1', after: '4' }]);
});

test('state values are dotted, and regions stand in brackets', () => {
  expect(stateText({ open: { rx: 'on', tx: { ring: 'off' } } })).toBe('open.(rx.on, tx.ring.off)');
  expect(valueText({ text: 'two words', list: ['a', null, true] })).toBe('{text: "two words", list: [a, null, true]}');
});

test('a change that changes nothing says that the state stays', () => {
  const state = { value: 'idle', context: { n: 1 } };
  expect(changeText({ component: 'c', event: 'look', before: state, after: state })).toBe('stays idle');
});

test('a negated conjunct names its component first', () => {
  const { refs } = nicNetwork({ frames: 1, size: 1, weight: 1 });
  const claim = always('p', [], [refs.napi.in('idle')]);
  const [negated] = claim.kind === 'never' ? (claim.forbids[0] ?? []) : [];
  expect(negated && conjunctText(negated)).toBe('not (napi is idle)');
});

test('the values shown are the state and the fields that the predicate reads', () => {
  const { refs } = nicNetwork({ frames: 1, size: 1, weight: 1 });
  const state = { value: 'ready', context: Object.freeze({ used: 1, sent: 2, size: 3, frames: 4 }) };
  expect(
    valuesRead(
      refs.ring.is('is full', (c) => c.used === c.size),
      state,
    ),
  ).toBe('ready, used = 1, size = 3');
  expect(valuesRead(refs.ring.in('ready'), { value: 'ready', context: undefined })).toBe('ready');
});
