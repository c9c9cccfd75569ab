/** A local state as text: equal text, equal state. Refuses values whose text would hide a difference. */
import { ModelError } from '../model/error.ts';

/** Canonical JSON of plain finite data: keys sorted. `path` names the value in the error. */
export function canonical(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) return refuse(path, String(value));
      if (Object.is(value, -0)) return refuse(path, '-0');
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map((item, index) => canonical(item, `${path}[${index}]`)).join(',')}]`;
      if (Object.getPrototypeOf(value) !== Object.prototype) return refuse(path, `a ${value.constructor?.name ?? 'object without prototype'}`);
      return `{${Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, `${path}.${key}`)}`)
        .join(',')}}`;
    default:
      return refuse(path, typeof value);
  }
}

function refuse(path: string, what: string): never {
  throw new ModelError(`${path} is ${what}; a component's context holds numbers, booleans, strings, null, arrays and records of them, so that equal states are equal text`);
}

/** Freezes plain data all the way down, so that an assign that writes to its source throws. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
}
