/**
 * What a driver author imports from `rxproof/driver`: the contract of a driver, the kernel around him, and the check of both.
 *
 *     const { sound, text } = checkDriver(mine, { packets: 3, cpus: 2, ring: 2, weight: 2 });
 */
import { driverProperties } from '../models/drivers/claims.ts';
import type { CoreRefs } from '../models/drivers/core.ts';
import { type Driver, type DriverBounds, driverFamily } from '../models/drivers/driver.ts';
import { check, type Result } from '../src/explore/check.ts';
import type { Components, Refs } from '../src/model/network.ts';
import { scenarioText } from '../src/model/scenario.ts';
import { explain } from '../src/trace/explain.ts';

export { Core, type CoreRefs, type Part, senderParts, together } from '../models/drivers/core.ts';
export { type Driver, type DriverBounds, driverFamily, type DriverNetwork } from '../models/drivers/driver.ts';
export { driverProperties } from '../models/drivers/claims.ts';
export { intx, intxMasked, msi, msiMasked } from '../models/drivers/legacy.ts';
export { masked as vectorMasked, vector } from '../models/irq/vector.ts';

/** What a check of a driver says. */
export interface DriverVerdict {
  /** Every claim holds within the bounds. */
  readonly sound: boolean;
  readonly results: readonly Result[];
  /** Every claim with its verdict, then a counterexample of each that is violated, to be read. */
  readonly text: string;
}

/** Checks every claim of the lower half on `driver` within `bounds`. Throws a ModelError where his machines or steps are wrong. */
export function checkDriver<const C extends Components>(driver: Driver<C>, bounds: DriverBounds): DriverVerdict {
  const network = driverFamily(driver).build(bounds);
  // The references are the core's and the driver's, which a mapped type over a parameter cannot say.
  const refs: unknown = network.refs;
  const properties = driverProperties(refs as CoreRefs, bounds, driver.masked(refs as Refs<C>));
  const { results, exploration } = check(network, properties);
  const scenario = scenarioText({ ...bounds });
  const lines = results.map(({ property, verdict }) => `${verdict.tag.padEnd(9)} ${property.name}\n`);
  const proofs = results.flatMap(({ property, verdict }) =>
    verdict.tag === 'violated' && verdict.trace
      ? [`\n${explain({ network: driver.name, scenario, property, trace: verdict.trace, conjunction: verdict.forbidden })}`]
      : [],
  );
  const head = `${driver.name}: ${exploration.states.toLocaleString('en-US')} states within ${scenario}\n\n`;
  return { sound: results.every(({ verdict }) => verdict.tag === 'holds'), results, text: [head, ...lines, ...proofs].join('') };
}
