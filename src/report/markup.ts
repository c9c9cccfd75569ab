/**
 * Markup by tagged template: whatever is put into it is escaped, unless it is markup already. HTML and SVG both.
 */

/** Markup that needs no more escaping. Made by `html` and `raw` only. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template shows: text is escaped, lists are joined, undefined and false are nothing. */
export type Shown = Html | string | number | undefined | false | readonly Shown[];

/** A piece of markup. Attribute values must stand in quotes: `html\`<p title="${text}">\``. */
export function html(strings: TemplateStringsArray, ...values: readonly Shown[]): Html {
  return new Html(strings.reduce((text, part, index) => `${text}${shown(values[index - 1])}${part}`));
}

/** Declares `text` to be markup. For the output of our own writers, never for a name or a message. */
export function raw(text: string): Html {
  return new Html(text);
}

/** Text as it must stand in an element or a quoted attribute. A control character that XML cannot hold is replaced. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '\ufffd');
}

/** An identifier for `id` and `href` attributes: different names give different ones. */
export function anchor(...names: readonly string[]): string {
  const plain = (name: string) =>
    name.replace(/[^A-Za-z0-9-]/g, (other) => (other === ' ' ? '_' : other === '/' ? '.' : `~${other.charCodeAt(0).toString(16)}~`));
  return names.map(plain).join(':');
}

function shown(value: Shown): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(shown).join('');
  return escapeText(String(value));
}
