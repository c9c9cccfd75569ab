/** House style as rules: each finds what it bans in one file and says what to write in its place. */
import ts from 'typescript';

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface Rule {
  readonly message: string;
  /** Lines, from 1, that break the rule. */
  readonly find: (file: SourceFile) => readonly number[];
}

export const FILE_LINES_MAX = 250;
export const FUNCTION_LINES_MAX = 70;

const RULES: readonly Rule[] = [
  {
    message: `a file over ${FILE_LINES_MAX} lines is banned, use one file per notion`,
    find: ({ text }) => (linesOf(text).length > FILE_LINES_MAX ? [FILE_LINES_MAX + 1] : []),
  },
  {
    message: `a function over ${FUNCTION_LINES_MAX} lines is banned, use a helper with a name of its own`,
    find: longFunctions,
  },
  { message: 'the type `any` is banned, use unknown and narrow it', find: inCode(/(:|\bas|<|\|)\s*any\b/) },
  { message: '@ts-ignore is banned, use @ts-expect-error with its code and reason', find: inText(/\/[/*]\s*@ts-(ignore|nocheck)\b/) },
  { message: 'unseeded randomness is banned, use a fast-check arbitrary', find: inCode(/\bMath\.random\b/, /^(src|models|properties)\//) },
  {
    message: 'the clock is banned, use an event of the model or a limit given as an option',
    find: inCode(/\bDate\.now\b|\bnew Date\b/, /^(src|models|properties)\//),
  },
  {
    message: 'a test that is left out is banned, use a test that passes or no test',
    find: inCode(/\b(test|it|describe|bench|suite)(\.\w+)*\.(only|skip|todo)\b/),
  },
  { message: 'a note to do it later is banned, use an issue', find: inText(/\b(TO[D]O|FIX[M]E|XX[X])\b/) },
  { message: 'a path of one machine is banned, use a path relative to the project or mkdtemp', find: inText(/\/(home|root|tmp)\//) },
];

/** Everything that `rules` find in `files`. */
export function findings(files: readonly SourceFile[], rules: readonly Rule[] = RULES): Finding[] {
  return files.flatMap((file) => rules.flatMap(({ find, message }) => find(file).map((line) => ({ path: file.path, line, message }))));
}

/** Files that no other file imports and that are no entry. */
export function unimported(files: readonly SourceFile[], entries: RegExp): Finding[] {
  const imported = new Set(files.flatMap(({ path, text }) => referencesOf(path, text)));
  return files
    .filter(({ path }) => !imported.has(path) && !entries.test(path))
    .map(({ path }) => ({ path, line: 1, message: 'a file that nobody imports is banned, use it or delete it' }));
}

/** Lines of the raw text that match. */
function inText(pattern: RegExp): Rule['find'] {
  return ({ text }) => linesOf(text).flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}

/** Lines that match outside comments and strings, in files whose path matches `where`. */
function inCode(pattern: RegExp, where = /./): Rule['find'] {
  return ({ path, text }) => {
    // Parsing is slow, and seldom needed.
    if (!where.test(path) || !isScript(path) || !pattern.test(text)) return [];
    return inText(pattern)({ path, text: codeOf(path, text) });
  };
}

/** The text with comments and the insides of strings, templates and regular expressions blanked out. */
function codeOf(path: string, text: string): string {
  const blanks: [from: number, to: number][] = [];
  const source = parse(path, text);
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) blanks.push([pos, end]);
    for (const { pos, end } of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) blanks.push([pos, end]);
    if (
      ts.isStringLiteralLike(node) ||
      ts.isRegularExpressionLiteral(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    ) {
      blanks.push([node.getStart(source), node.getEnd()]);
    }
    // Not forEachChild: comments hang on tokens too.
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  const characters = text.split('');
  for (const [from, to] of blanks) {
    for (let at = from; at < to; at++) if (characters[at] !== '\n') characters[at] = ' ';
  }
  return characters.join('');
}

/** First lines of functions that are too long. The callback of a `describe` is a heading, not a function. */
function longFunctions({ path, text }: SourceFile): number[] {
  if (!isScript(path)) return [];
  const source = parse(path, text);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const long: number[] = [];
  const visit = (node: ts.Node): void => {
    const [from, to] = [lineOf(node.getStart(source)), lineOf(node.getEnd())];
    if (ts.isFunctionLike(node) && 'body' in node && to - from + 1 > FUNCTION_LINES_MAX && !isDescribed(node)) long.push(from + 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return long;
}

function isDescribed(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
}

/** Project paths that a file refers to: imports, exports from, dynamic imports, URLs of workers, and files named in a configuration. */
function referencesOf(path: string, text: string): string[] {
  const folder = path.split('/').slice(0, -1);
  const relative = [...text.matchAll(/(?:from|import|import\(|new URL\()\s*'(\.[^']+)'/g)].map((match) => resolve(folder, match[1] ?? ''));
  const named = path.includes('/') ? [] : [...text.matchAll(/'([\w./-]+\.ts)'/g)].map((match) => match[1] ?? '');
  return [...relative, ...named];
}

function resolve(folder: readonly string[], target: string): string {
  return target
    .split('/')
    .reduce<string[]>((at, part) => (part === '..' ? at.slice(0, -1) : part === '.' ? at : [...at, part]), [...folder])
    .join('/');
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

function isScript(path: string): boolean {
  return /\.[mc]?tsx?$/.test(path);
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}
