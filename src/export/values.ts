/** Local states, and what changed between two of them, as text: what traces, graphs and reports print. */
import type { StateValue } from 'xstate';

/** A changed leaf of a context: `frames[1].len`, and its value before and after. */
export interface Difference {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What stands for a value that is not there. */
const ABSENT = '(none)';

/** A list of plain values up to this long is one leaf: `queue [0] -> [0, 1]` reads better than its items. */
const LEAF_CHARACTERS_MAX = 24;

/** A state value on one line: `idle`, `polling.full`, `open.(rx.on, tx.off)`. */
export function stateText(value: StateValue): string {
  if (typeof value === 'string') return value;
  const parts = Object.entries(value).map(([name, inner]) => {
    const text = inner === undefined ? '' : stateText(inner);
    return text === '' ? name : `${name}.${text}`;
  });
  return parts.length > 1 ? `(${parts.join(', ')})` : (parts[0] ?? '');
}

/** Plain data on one line: `3`, `sched`, `[0, 1]`, `{pkt: 0, len: 60}`. Text that could be misread is quoted. */
export function valueText(value: unknown): string {
  if (value === undefined) return ABSENT;
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (isRecord(value)) {
    const fields = Object.entries(value).map(([name, item]) => `${name}: ${valueText(item)}`);
    return `{${fields.join(', ')}}`;
  }
  return typeof value === 'string' && /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value);
}

/** A name on one line, without control characters: it can neither start a line nor steer a terminal. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** The changed leaves between two contexts, in declaration order; nothing for what stayed the same. */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (isRecord(before) && isRecord(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => differences(before[name], after[name], path === '' ? name : `${path}.${name}`));
  }
  if (Array.isArray(before) && Array.isArray(after) && !(isLeaf(before) && isLeaf(after))) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => differences(before[index], after[index], `${path}[${index}]`)).flat();
  }
  const [old, now] = [valueText(before), valueText(after)];
  return old === now ? [] : [{ path, before: old, after: now }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLeaf(list: readonly unknown[]): boolean {
  return list.every((item) => typeof item !== 'object' || item === null) && valueText(list).length <= LEAF_CHARACTERS_MAX;
}
