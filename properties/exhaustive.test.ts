/** Every claim at its bounds, exhaustively; every planted bug; and the sizes of both, as pinned. */
import { afterAll, describe, expect, it } from 'vitest';
import { check } from '../src/explore/check.ts';
import { type Bug, type Built, expectedTag } from '../src/model/suite.ts';
import { CALIBRATION, LOWER_ROWS, NOT_PLANTED, UPPER_ROWS } from '../models/bugs/rows.ts';
import { SUITES } from './index.ts';
import { type Pins, readPins, writePins } from './pins.ts';

/** UPDATE_PINS=1: the sizes found become the pins, to be read and committed with a reason. */
const UPDATES = process.env['UPDATE_PINS'] !== undefined;
const isBenign = ({ breaks }: Pick<Bug, 'breaks'>): boolean => breaks.length === 0;
const pins = readPins();
const measured: Pins = { suites: {}, bugs: {} };

describe.each(SUITES)('$id', (suite) => {
  it('has the expected verdicts and the pinned sizes', () => {
    const { network, properties } = suite.build();
    const { results, exploration } = check(network, properties);
    const surprises = results.filter(({ property, verdict }) => verdict.tag !== expectedTag(suite, property.name));
    expect(surprises.map(({ property, verdict }) => `${property.name}: ${verdict.tag}`)).toEqual([]);
    const { states, transitions, depth, quiescent, deadlocks } = exploration;
    measured.suites[suite.id] = { states, transitions, depth, quiescent, deadlocks };
    expect(measured.suites[suite.id]).toEqual(UPDATES ? measured.suites[suite.id] : pins.suites[suite.id]);
  });

  it.each(suite.bugs.filter(isBenign).map((bug) => [bug.id, bug] as const))('stays sound under the benign change %s', (id, bug) => {
    const violated = (built: Built) => check(built.network, built.properties).results.filter(({ verdict }) => verdict.tag === 'violated');
    const names = (built: Built): string[] => violated(built).map(({ property }) => property.name);
    expect(names(suite.build({}, id))).toEqual(names(suite.build(bug.scenario)));
  });

  it.each(suite.bugs.filter((bug) => !isBenign(bug)).map((bug) => [bug.id, bug] as const))('finds the planted bug %s', (id, bug) => {
    const { network, properties } = suite.build({}, id);
    const { results } = check(network, properties, { untilDecided: bug.breaks });
    const lengths: Record<string, number> = {};
    for (const { property, verdict } of results) {
      if (!bug.breaks.includes(property.name)) continue;
      expect(`${property.name}: ${verdict.tag}`).toBe(`${property.name}: violated`);
      if (verdict.tag === 'violated') lengths[property.name] = verdict.trace?.steps.length ?? 0;
    }
    measured.bugs[`${suite.id} ${id}`] = lengths;
    expect(lengths).toEqual(UPDATES ? lengths : pins.bugs[`${suite.id} ${id}`]);
  });
});

describe('the suites as a whole', () => {
  it('break every property by some planted bug', () => {
    const claimed = new Set(SUITES.flatMap((suite) => suite.build().properties.map(({ name }) => name)));
    const broken = new Set(SUITES.flatMap((suite) => suite.bugs.flatMap((bug) => bug.breaks)));
    expect([...claimed].filter((name) => !broken.has(name))).toEqual([]);
  });

  it('plant every row of the tables of mutations, or say why not', () => {
    const planted = new Set(SUITES.flatMap(({ bugs }) => bugs.flatMap(({ row }) => row ?? [])));
    const all = [...LOWER_ROWS, ...UPPER_ROWS];
    expect(all.filter((row) => !planted.has(row) && NOT_PLANTED[row] === undefined)).toEqual([]);
    expect([...planted].filter((row) => !all.includes(row))).toEqual([]);
    expect(Object.keys(NOT_PLANTED).filter((row) => planted.has(row) || !all.includes(row))).toEqual([]);
    expect(Object.keys(CALIBRATION).filter((row) => !planted.has(row))).toEqual([]);
  });

  it('pin nothing that is no longer checked', () => {
    expect(Object.keys(pins.suites).sort()).toEqual(SUITES.map(({ id }) => id).sort());
    expect(Object.keys(pins.bugs).sort()).toEqual(
      SUITES.flatMap(({ id, bugs }) => bugs.filter((bug) => !isBenign(bug)).map((bug) => `${id} ${bug.id}`)).sort(),
    );
  });
});

afterAll(() => {
  if (UPDATES) writePins(measured);
});
