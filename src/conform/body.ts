/** What one line of a trace says: which event, of which kind, with which arguments. */

export type BodyKind =
  /** `name: key=value ...` */
  | 'event'
  /** `sys_name(key: value, ...)` */
  | 'enter'
  /** `sys_name -> 0x..` */
  | 'exit'
  /** `function <-parent` of the function tracer. */
  | 'function'
  /** `name: (symbol+0x4/0x60) key=value ...`: a probe at the entry of a function. */
  | 'probe'
  /** `name: (caller+0x.. <- symbol) ret=value`: a probe at its return. */
  | 'return';

export interface Body {
  readonly kind: BodyKind;
  readonly name: string;
  /** The function's symbol, for `function`, `probe` and `return`: without suffix (.isra.0) and offset. */
  readonly symbol: string;
  /** The caller, for `function`. */
  readonly parent: string;
  readonly args: Readonly<Record<string, string>>;
  /** What follows the name. */
  readonly rest: string;
}

const ADDRESS = /^[0-9a-f]{8,16}$/;

/** Parses what follows the time stamp; undefined if it is nothing that ftrace prints. */
export function bodyOf(text: string): Body | undefined {
  const call = /^(\S+) <-(\S.*)$/.exec(text);
  if (call) return body('function', call[1]!, '', call[1], base(call[2]!));
  const exit = /^(sys_\w+) -> (0x[0-9a-f]+)$/.exec(text);
  if (exit) return { ...body('exit', exit[1]!, exit[2]!), args: { ret: String(BigInt.asIntN(64, BigInt(exit[2]!))) } };
  const enter = /^(sys_\w+)\((.*)\)$/.exec(text);
  if (enter) return { ...body('enter', enter[1]!, enter[2]!), args: argsOf(enter[2]!.replaceAll(', ', ' ')) };
  const back = /^(\w+): \((\S+)(?: \[\w+\])? <- (\S+?)\) ?(.*)$/.exec(text);
  // trace-cmd prints addresses: the name of the probe has to do.
  if (back) return body('return', back[1]!, back[4]!, ADDRESS.test(back[3]!) ? back[1]!.replace(/_ret$/, '') : back[3], base(back[2]!));
  const bare = /^(\w+): \(([0-9a-f]{8,16})\) ?(.*)$/.exec(text);
  if (bare) return body('probe', bare[1]!, bare[3]!, bare[1]);
  const probe = /^(\w+): \(([^\s()]+)\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[\w+\])?\) ?(.*)$/.exec(text);
  if (probe) return body('probe', probe[1]!, probe[3]!, probe[2]);
  const event = /^(\w+): (.*)$/.exec(text);
  return event ? body('event', event[1]!, event[2]!) : undefined;
}

function body(kind: BodyKind, name: string, rest: string, symbol = '', parent = ''): Body {
  return { kind, name: kind === 'function' ? base(name) : name, symbol: base(symbol), parent, args: argsOf(rest), rest };
}

/** `ip_rcv_finish_core.isra.0+0x12/0x40` is `ip_rcv_finish_core`. */
function base(symbol: string): string {
  return symbol.replace(/[.+].*$/, '');
}

/** `key=value`, `key = value`, `key: value`; a value ends where the next key begins. */
function argsOf(text: string): Record<string, string> {
  if (!text.includes(' = ') && !text.includes(': ')) return wordsOf(text);
  const plain = text.replace(' ==> ', ' ');
  const keys = [...plain.matchAll(/(?<=^|[\s(])(\w+)(?: = |=|: )/g)];
  return Object.fromEntries(
    keys.map((match, index) => [match[1]!, valueOf(plain.slice(match.index + match[0].length, keys[index + 1]?.index ?? plain.length))]),
  );
}

/** The same where there is nothing but `key=value`: most lines, and the time of reading a trace is spent here. */
function wordsOf(text: string): Record<string, string> {
  const args: Record<string, string> = {};
  let key = '';
  let value = '';
  for (const word of text.split(' ')) {
    const at = word.indexOf('=');
    const name = at <= 0 ? '' : word.charCodeAt(0) === PARENTHESIS ? word.slice(1, at) : word.slice(0, at);
    if (word === '==>') continue;
    if (name !== '' && /^\w+$/.test(name)) {
      if (key !== '') args[key] = valueOf(value);
      key = name;
      value = word.slice(at + 1);
    } else value += ` ${word}`;
  }
  if (key !== '') args[key] = valueOf(value);
  return args;
}

const PARENTHESIS = '('.charCodeAt(0);

function valueOf(text: string): string {
  return /[[\s,.("]/.test(text) ? text.replace(/ \[.*$|[\s,.(]+$/, '').replace(/^"(.*)"$/, '$1') : text;
}
