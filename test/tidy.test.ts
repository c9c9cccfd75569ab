/** House style is a test: every file of the project against every rule, and every rule against a planted sample. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FILE_LINES_MAX, type Finding, findings, FUNCTION_LINES_MAX, type SourceFile, unimported } from './tidy-rules.ts';

const ROOT = new URL('../', import.meta.url);
const FOLDERS = ['models', 'src', 'properties', 'test'];
const ENTRIES =
  // Programs of their own: worker threads, child processes, scripts of package.json, what the package exports.
  /\.test\.ts$|^src\/cli\/main\.ts$|^src\/explore\/worker\.ts$|^src\/cli\/benchChild\.ts$|^test\/fixtures\/checkpointer\.ts$|^properties\/index\.ts$|^properties\/symbols\/collect\.ts$|^properties\/driver\.ts$|^src\/index\.ts$|^test\/fixtures\/outsider\/|^[^/]+$|^\.ci\//;

function projectFiles(): SourceFile[] {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  const atTop = readdirSync(ROOT, { encoding: 'utf8' }).filter((name) => /\.(m?ts|mjs|md)$/.test(name));
  return [...inFolders.filter((path) => /\.tsx?$/.test(path)), ...atTop, '.ci/run']
    .sort()
    .map((path) => ({ path, text: readFileSync(new URL(path, ROOT), 'utf8') }));
}

const show = ({ path, line, message }: Finding): string => `${path}:${line}: ${message}`;

describe('the project', () => {
  const files = projectFiles();

  test('is seen', () => {
    for (const path of ['src/derive/automaton.ts', 'test/tidy.test.ts', 'vitest.config.ts', '.ci/run']) {
      expect(files.map((file) => file.path)).toContain(path);
    }
  });

  test('breaks no rule', () => {
    expect(findings(files).map(show)).toEqual([]);
  });

  test('has no file that nobody imports', () => {
    expect(unimported(files, ENTRIES).map(show)).toEqual([]);
  });
});

describe('a rule finds what it bans', () => {
  const lines = (count: number, line = '  f();'): string => `${line}\n`.repeat(count);
  // Samples are put together from pieces, so that this file keeps the rules it tests.
  const join = (...pieces: string[]): string => pieces.join('');

  const tooLong = 'a function over 70 lines is banned, use a helper with a name of its own';
  const any = 'the type `any` is banned, use unknown and narrow it';
  const clock = 'the clock is banned, use an event of the model or a limit given as an option';
  const leftOut = 'a test that is left out is banned, use a test that passes or no test';
  const later = 'a note to do it later is banned, use an issue';
  const machinePath = 'a path of one machine is banned, use a path relative to the project or mkdtemp';

  const BANNED: readonly (readonly [what: string, path: string, text: string, found: string])[] = [
    ['a long file', 'src/a.ts', lines(FILE_LINES_MAX + 1), '251: a file over 250 lines is banned, use one file per notion'],
    ['a long function', 'src/a.ts', `const a = 1;\nfunction g() {\n${lines(FUNCTION_LINES_MAX - 1)}}\n`, `2: ${tooLong}`],
    ['a long arrow', 'models/a.ts', `export const g = () => {\n${lines(FUNCTION_LINES_MAX - 1)}};\n`, `1: ${tooLong}`],
    ['any as a type', 'src/a.ts', 'let a = 1;\nfunction g(x: any) {}', `2: ${any}`],
    ['any as a cast', 'test/a.ts', 'const a = b as any;', `1: ${any}`],
    ['any as an argument', 'test/a.ts', 'const a = new Set<any>();', `1: ${any}`],
    [
      'an error that is ignored',
      'test/a.ts',
      join('//', ' @ts-ignore\nf(1);'),
      '1: @ts-ignore is banned, use @ts-expect-error with its code and reason',
    ],
    ['randomness', 'models/a.ts', 'const a = Math.random();', '1: unseeded randomness is banned, use a fast-check arbitrary'],
    ['the clock', 'src/a.ts', 'const a = Date.now();', `1: ${clock}`],
    ['the date', 'properties/a.ts', 'const a = new Date();', `1: ${clock}`],
    ['.only', 'test/a.ts', "test.only('x', f);", `1: ${leftOut}`],
    ['.skip', 'test/a.ts', "describe.concurrent.skip('x', f);", `1: ${leftOut}`],
    ['.todo', 'test/a.ts', "it.todo('x');", `1: ${leftOut}`],
    ['a note', 'src/a.ts', join('f(); // TO', 'DO: more'), `1: ${later}`],
    ['a note in prose', 'README.md', join('FIX', 'ME'), `1: ${later}`],
    ['a home', '.ci/run', join('#!/bin/bash\ncd /ro', 'ot/rxproof'), `2: ${machinePath}`],
    ['a temporary folder', 'src/a.ts', join("const a = '/tm", "p/x';"), `1: ${machinePath}`],
  ];

  test.each(BANNED)('%s in %s', (_, path, text, found) => {
    expect(findings([{ path, text }]).map(show)).toEqual([`${path}:${found}`]);
  });

  test('and a file that nobody imports', () => {
    const files = [
      { path: 'src/a.ts', text: "import { b } from './b.ts';\nawait import('../src/c/c.ts');\nnew URL('./d.mts', import.meta.url);" },
      { path: 'src/b.ts', text: '' },
      { path: 'src/c/c.ts', text: "export * from '../e.ts';" },
      { path: 'src/d.mts', text: '' },
      { path: 'src/e.ts', text: '' },
      { path: 'src/f.ts', text: '' },
      { path: 'test/setup.ts', text: '' },
      { path: 'vitest.config.ts', text: "export default { setupFiles: ['test/setup.ts'] };" },
    ];
    expect(unimported(files, /^[^/]+$/).map(show)).toEqual([
      'src/a.ts:1: a file that nobody imports is banned, use it or delete it',
      'src/f.ts:1: a file that nobody imports is banned, use it or delete it',
    ]);
  });
});

describe('a rule leaves alone', () => {
  const ALLOWED: readonly (readonly [what: string, path: string, text: string])[] = [
    ['words in comments', 'src/a.ts', '// Returns any: as any would, and Math.random() or new Date() too.\nf();'],
    ['words in strings', 'src/a.ts', "f('as any', `x: any ${g(1)} Date.now()`, /: any/);"],
    ['words that only begin so', 'src/a.ts', 'const many: Company = anyOf<anything>();'],
    ['the clock in a test', 'test/a.ts', 'const now = Date.now();'],
    ['a test with cases', 'test/a.ts', "test.each([1])('only %s', f);"],
    ['a path of the kernel', 'models/a.ts', '/** "rx packets" in /proc/net/dev. */'],
    ['a function that just fits', 'src/a.ts', `function g() {\n${'f();\n'.repeat(FUNCTION_LINES_MAX - 2)}}\n`],
    ['a long describe', 'test/a.ts', `describe('x', () => {\n${"test('y', f);\n".repeat(FUNCTION_LINES_MAX)}});\n`],
    ['a long describe.each', 'test/a.ts', `describe.each([1])('x', () => {\n${"test('y', f);\n".repeat(FUNCTION_LINES_MAX)}});\n`],
    ['a file that just fits', 'src/a.ts', 'f();\n'.repeat(FILE_LINES_MAX)],
  ];

  test.each(ALLOWED)('%s', (_, path, text) => {
    expect(findings([{ path, text }]).map(show)).toEqual([]);
  });
});
