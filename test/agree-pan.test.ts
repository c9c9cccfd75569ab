/** What pan prints is believed only where it says that it saw everything. */
import { expect, test } from 'vitest';
import { readAssertion, readPan } from '../src/agree/pan.ts';
import { ASSERTED, COMPLETE, OUT_OF_MEMORY, SMALL_VECTOR, TOO_DEEP } from './fixtures/pan.ts';

test('a complete search', () => {
  expect(readPan(COMPLETE)).toEqual({
    tag: 'complete',
    report: {
      states: 9493,
      transitions: 16_471,
      depth: 74,
      quiescent: 30,
      deadlocks: 16,
      claims: [
        { reached: false, premise: true },
        { reached: true, premise: false },
      ],
    },
  });
});

test.each([
  ['at its depth limit', TOO_DEEP, 'error: max search depth too small'],
  ['at its memory limit', OUT_OF_MEMORY, 'pan: reached -DMEMLIM bound'],
  ['with too large a state', SMALL_VECTOR, /VECTORSZ too small/],
  ['at an assertion', ASSERTED, 'pan:1: assertion violated 0 (at depth 25)'],
  ['that was killed', COMPLETE.slice(0, 100), /does not say that it did a full state space search/],
  ['cut off in its statistics', COMPLETE.slice(0, COMPLETE.indexOf('16472')), /printed no statistics/],
  ['that lost states to hash compaction', COMPLETE.replace('Full statespace', 'Bit statespace'), /full state space search/],
  ['with errors', COMPLETE.replace('errors: 0', 'errors: 2'), /2 errors/],
  ['that did not look at every state', COMPLETE.replace('looked at 9493', 'looked at 9492'), /stored 9493 states and looked at 9492/],
  ['without our report', COMPLETE.replace(/^rxproof.*\n/gm, ''), /printed no statistics/],
  ['without a table', `pan: out of memory\n${COMPLETE}`, 'pan: out of memory'],
  ['that printed nothing', '', /full state space search/],
])('a search %s is not complete', (_, output, why) => {
  const reading = readPan(output);
  expect(reading.tag).toBe('incomplete');
  expect(reading.tag === 'incomplete' && reading.why).toMatch(why);
});

test('the depth of an assertion is one more than the steps to the state', () => {
  expect(readAssertion(ASSERTED)).toBe(24);
  expect(readAssertion(COMPLETE)).toBeUndefined();
  expect(readAssertion(ASSERTED.replace('assertion violated 0', 'aborting'))).toBeUndefined();
});
