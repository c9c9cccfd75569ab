/**
 * What a modeller imports from `rxproof`: machines as components, networks of them, claims, and the check.
 *
 * A driver author wants `rxproof/driver` too, where the kernel around his driver is.
 */
export { type Component, component, type Move, type Observation, type Ref, type RefFamily } from './model/component.ts';
export { ModelError } from './model/error.ts';
export {
  type Components,
  network,
  Network,
  type Refs,
  step,
  type StepInstance,
  type StepSpec,
  type StepTemplate,
} from './model/network.ts';
export {
  always,
  type Conjunction,
  eachLeadsTo,
  type Fairness,
  leadsTo,
  never,
  neverStep,
  not,
  type Property,
  quiescent,
  sometimes,
} from './model/property.ts';
export { choice, type Family, family, int, type Scenario } from './model/scenario.ts';
export { type Check, check, type CheckOptions, type Result, type Verdict } from './explore/check.ts';
export { explain } from './trace/explain.ts';
