/** A local state as text: equal text, equal state. Refuses values whose text would hide a difference. */
import { ModelError } from '../model/error.ts';

/** Records and arrays nested deeper than this are taken to contain themselves. */
const NESTING_MAX = 32;

/** Canonical JSON of plain finite data: keys sorted. `path` names the value in the error. */
export function canonical(value: unknown, path: string, nesting = 0): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) return refuse(path, String(value));
      if (Object.is(value, -0)) return refuse(path, '-0');
      return String(value);
    case 'object': {
      if (value === null) return 'null';
      if (nesting === NESTING_MAX) throw new ModelError(`${path} is nested ${NESTING_MAX} deep, or contains itself; keep a context flat`);
      // `Array.from` shows the holes of a sparse array, which `map` skips.
      const items = Array.isArray(value) ? Array.from<unknown>(value) : undefined;
      if (items !== undefined) return `[${items.map((item, index) => canonical(item, `${path}[${index}]`, nesting + 1)).join(',')}]`;
      if (Object.getPrototypeOf(value) !== Object.prototype)
        return refuse(path, value.constructor === undefined ? 'an object without prototype' : `a ${value.constructor.name}`);
      return `{${Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, `${path}.${key}`, nesting + 1)}`)
        .join(',')}}`;
    }
    default:
      return refuse(path, typeof value);
  }
}

function refuse(path: string, what: string): never {
  throw new ModelError(
    `${path} is ${what}; contexts and events hold numbers, booleans, strings, null, arrays and records of them, so that equal states are equal text`,
  );
}

/** Freezes plain data all the way down, so that an assign that writes to its source throws. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
}
