/**
 * Properties that a search for bad states cannot answer: what comes about in the end, and what one step may not do.
 *
 * They are answered on the graph of all reachable states, after a search that was not ended by a limit: of a part of the
 * graph nothing could be said that holds.
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import type { LimitReached, Limits } from '../explore/limits.ts';
import type { Conjunction, Property } from '../model/property.ts';
import { Budget, LimitHit } from './budget.ts';
import { Scope, SCOPE_BYTES } from './components.ts';
import { fairComponent } from './fairComponent.ts';
import { type Groups, groupsOf } from './fairness.ts';
import { type Counts, type Graph, graphOf } from './graph.ts';
import { jumpIn } from './jump.ts';
import { circling, CIRCLING_BYTES, type Lasso, staying } from './lasso.ts';
import { type Question, REGION_BYTES, regionOf } from './region.ts';

/** What the second pass decides. */
export type LateProperty = Extract<Property, { readonly kind: 'leadsTo' | 'neverStep' }>;

/** A run that breaks a property, as step numbers. With `loop` it goes on for ever from the state of that number. */
export interface Refutation {
  readonly path: readonly number[];
  readonly loop?: number;
}

/** Looks for a refutation of one property. */
export type Inquiry = (graph: Graph, budget: Budget) => Refutation | undefined;

/** By property: what refutes it, nothing, or the limit that kept the answer back. */
export type Answers = ReadonlyMap<Property, Refutation | LimitReached | undefined>;

/** Whether `property` is one for the second pass. */
export function isLate(property: Property): property is LateProperty {
  return property.kind === 'leadsTo' || property.kind === 'neverStep';
}

/** Prepares the question for `property`. Throws a ModelError for a fairness that names what is not there. */
export function inquiryOf(property: LateProperty, network: CompiledNetwork, bitOf: (conjunction: Conjunction) => number): Inquiry {
  const instances = network.steps.map(({ instance }) => instance);
  switch (property.kind) {
    case 'leadsTo': {
      const groups = groupsOf(property.name, instances, property.fairness);
      const questions = property.cases.map(({ from, to }) => ({ from: from.map(bitOf), to: to.map(bitOf) }));
      return (graph, budget) => endlessIn(graph, questions, groups, budget);
    }
    case 'neverStep': {
      const jumps = property.forbids.map(({ step, before, after }) => ({
        steps: instances.map((instance) => step?.(instance) ?? true),
        before: bitOf(before),
        after: bitOf(after),
      }));
      return (graph, budget) => jumpIn(graph, jumps, budget);
    }
  }
}

/**
 * Answers `asked` on a network whose exploration is complete and has `counts`. `limits` bound the time and the memory of
 * this pass by itself.
 */
export function secondPass(network: CompiledNetwork, counts: Counts, asked: ReadonlyMap<Property, Inquiry>, limits: Limits): Answers {
  const answers = new Map<Property, Refutation | LimitReached | undefined>();
  if (asked.size === 0) return answers;
  try {
    const budget = new Budget(limits);
    const graph = graphOf(network, counts, budget);
    for (const [property, inquiry] of asked) answers.set(property, inquiry(graph, budget));
  } catch (error) {
    if (!(error instanceof LimitHit)) throw error;
    for (const property of asked.keys()) if (!answers.has(property)) answers.set(property, error.limit);
  }
  return answers;
}

/** A fair run on which one of `questions` stays open for ever. */
function endlessIn(graph: Graph, questions: readonly Question[], groups: Groups, budget: Budget): Lasso | undefined {
  const bytes = graph.size * (REGION_BYTES + SCOPE_BYTES + CIRCLING_BYTES);
  budget.hold(bytes);
  const scope = new Scope(graph.size);
  let found: Lasso | undefined;
  for (const question of questions) found ??= endless(graph, question, groups, scope, budget);
  budget.release(bytes);
  return found;
}

function endless(graph: Graph, question: Question, groups: Groups, scope: Scope, budget: Budget): Lasso | undefined {
  const region = regionOf(graph, question, groups, budget);
  if (region.rest !== undefined) return staying(graph, region, region.rest);
  const component = fairComponent(graph, region.states, groups, scope, budget);
  return component && circling(graph, region, component, scope.part, groups);
}
