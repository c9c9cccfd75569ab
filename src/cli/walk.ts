/** `rxproof walk`: random interleavings of networks too large to exhaust. It can refute, never prove. */
import { isLate } from '../liveness/secondPass.ts';
import { expectedTag } from '../model/suite.ts';
import { scenarioText } from '../model/scenario.ts';
import { explain } from '../trace/explain.ts';
import { walk, walkText } from '../walk/walk.ts';
import { type Selection, selectSuites, suiteOfBug, valuesOf } from './select.ts';
import { outputStyle } from './terminal.ts';
import { againText, codeOf, type ExitCode, worst } from './verdict.ts';

export interface WalkFlags extends Selection {
  readonly bug?: string;
  readonly seed: number;
  readonly walks: number;
  readonly lengthMax: number;
  readonly path?: string;
  readonly timeMax?: number;
}

/** Walks every suite chosen at its walk bounds, and prints what was found. */
export function walkCommand(flags: WalkFlags): ExitCode {
  const chosen = selectSuites(flags);
  const suites = flags.bug === undefined ? chosen : [suiteOfBug(flags.bug, chosen)];
  const codes: ExitCode[] = [];
  for (const suite of suites) {
    const built = suite.build({ ...(flags.bug === undefined ? suite.walk : {}), ...valuesOf(flags) }, flags.bug);
    // What is known to be violated would end every walk; it is looked for by the exhaustive check.
    const properties =
      flags.bug === undefined ? built.properties.filter(({ name }) => expectedTag(suite, name) === 'holds') : built.properties;
    const result = walk(built.network, properties, {
      seed: flags.seed,
      walks: flags.walks,
      lengthMax: flags.lengthMax,
      path: flags.path,
      millisecondsMax: flags.timeMax === undefined ? undefined : flags.timeMax * 1000,
    });
    process.stdout.write(`${suite.id} (${scenarioText(built.scenario)}): ${walkText(result)}\n`);
    const late = properties.filter(isLate).length;
    if (late > 0)
      process.stdout.write(
        `  not looked at by walks: ${late} of ${properties.length} properties, about whole runs or single transitions\n`,
      );
    if (result.tag === 'violated') {
      const { property, trace, forbidden } = result;
      const text = explain(
        { network: built.network.name, scenario: scenarioText(built.scenario), property, trace, conjunction: forbidden },
        { style: outputStyle() },
      );
      process.stdout.write(`\n${text}\n${again(suite.id, flags, result)}\n`);
    }
    // Walks that find nothing prove nothing: where nothing should be found that is well, where a bug is planted it is unknown.
    if (flags.path !== undefined && result.tag === 'none') {
      process.stdout.write('  the path violates nothing here: replay with the network, scenario, seed and length that it was found with\n');
      codes.push(2);
    } else if (flags.bug === undefined) codes.push(result.tag === 'violated' ? 1 : 0);
    else codes.push(codeOf(result.tag === 'violated' ? 'violated' : 'unknown', 'violated'));
  }
  return worst(codes);
}

/** The command that takes the same walk again. */
function again(suite: string, flags: WalkFlags, { seed, path }: { readonly seed: number; readonly path: string }): string {
  return `to walk it again: ${againText('walk', suite, valuesOf(flags), flags.bug)} --length-max ${flags.lengthMax} --walks ${flags.walks} --seed ${seed} --path ${path}`;
}
