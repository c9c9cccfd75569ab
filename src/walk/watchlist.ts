/**
 * What a walk looks for: the conjunctions of properties, numbered as the stepper is asked about them.
 *
 * A `leadsTo` and a `neverStep` are not looked at by walks, only whether their premises are met: a walk that ends shows
 * nothing of what never comes, and a walk looks at states, not at the steps between them.
 */
import { type Conjunction, premisesOf, type Property } from '../model/property.ts';

/** A conjunction that must not hold, anywhere or only where the system is quiescent. */
export interface Target {
  readonly property: Property;
  readonly conjunction: number;
  readonly onlyQuiescent: boolean;
}

/** Something that ought to be met on the way: any of `conjunctions`. */
export interface Landmark {
  /** The property's name. */
  readonly name: string;
  readonly conjunctions: readonly number[];
}

export interface Watchlist {
  readonly conjunctions: readonly Conjunction[];
  readonly targets: readonly Target[];
  /** One per `sometimes`. */
  readonly sometimes: readonly Landmark[];
  /** One per property that has a premise. */
  readonly premises: readonly Landmark[];
}

/** Numbers every conjunction of `properties`, in declaration order. */
export function watchlistOf(properties: readonly Property[]): Watchlist {
  const conjunctions: Conjunction[] = [];
  const targets: Target[] = [];
  const sometimes: Landmark[] = [];
  const premises: Landmark[] = [];
  const number = (conjunction: Conjunction): number => conjunctions.push(conjunction) - 1;
  for (const property of properties) {
    switch (property.kind) {
      case 'sometimes':
        sometimes.push({ name: property.name, conjunctions: property.reaches.map(number) });
        break;
      case 'never':
      case 'quiescent':
        for (const forbidden of property.forbids) {
          targets.push({ property, conjunction: number(forbidden), onlyQuiescent: property.kind === 'quiescent' });
        }
        break;
      case 'leadsTo':
      case 'neverStep':
        break;
    }
    if (property.kind !== 'sometimes') premises.push({ name: property.name, conjunctions: premisesOf(property).map(number) });
  }
  return { conjunctions, targets, sometimes, premises };
}
