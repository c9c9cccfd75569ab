/**
 * What a machine may not contain to be a component: everything with an effect outside its own local state, and
 * everything that makes the set of local states or the enabled events hard to see. Checked once, before derivation.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { ModelError } from '../model/error.ts';

/** Always-transitions and raised events must settle within this many microsteps; more is a livelock inside one step. */
export const MICROSTEPS_MAX = 1000;

/** Throws a ModelError for the first construct that a component may not have. */
export function checkLegal(name: string, machine: AnyStateMachine): void {
  const refuse = (where: string, what: string, instead: string): never => {
    throw new ModelError(`component ${name}: ${where} ${what}; ${instead}`);
  };
  for (const node of nodesOf(machine.root)) {
    const where = `state '${node.path.join('.') || '(root)'}'`;
    if (node.type === 'history') refuse(where, 'is a history state', 'name the states it could return to and give each its own event');
    if (node.invoke.length > 0) refuse(where, `invokes '${node.invoke[0]?.src}'`, 'make the other machine a component and let a step move both');
    if (node.after.length > 0) refuse(where, 'has an `after` transition', 'time is an event here: name it, and let a timer step send it');
    for (const [descriptor, transitions] of node.transitions) {
      if (descriptor.includes('*')) refuse(where, `has the wildcard transition '${descriptor}'`, 'list the events it accepts, a wildcard enables misspelt ones');
      for (const transition of transitions) checkTransition(machine, transition, `${where}, event '${descriptor}',`, refuse);
    }
    for (const transition of node.always ?? []) checkTransition(machine, transition, `${where}, always,`, refuse);
    for (const action of [...node.entry, ...node.exit]) checkAction(machine, action, `${where}, entry or exit,`, refuse);
  }
}

type Refuse = (where: string, what: string, instead: string) => never;

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap((child) => nodesOf(child as AnyStateNode))];
}

function checkTransition(machine: AnyStateMachine, transition: AnyTransitionDefinition, where: string, refuse: Refuse): void {
  const guard: unknown = transition.guard;
  if (typeof guard === 'function' && !('check' in guard)) {
    refuse(where, 'has an inline guard', 'name it in setup({ guards }), so that a planted bug can replace it');
  }
  const guardName = nameOf(guard);
  if (guardName !== undefined && !Object.hasOwn(machine.implementations.guards, guardName)) {
    refuse(where, `names the guard '${guardName}', which setup({ guards }) does not define`, 'define it, or correct the name');
  }
  if (transition.target === undefined && transition.actions.length === 0) {
    refuse(where, 'has neither target nor action', 'write the state itself as target for a test without change, or drop the transition');
  }
  for (const action of transition.actions) checkAction(machine, action, where, refuse);
}

/** A reference by name is a string or `{ type, params }`. */
function nameOf(reference: unknown): string | undefined {
  if (typeof reference === 'string') return reference;
  if (typeof reference === 'object' && reference !== null && 'type' in reference) return String(reference.type);
  return undefined;
}

function checkAction(machine: AnyStateMachine, action: unknown, where: string, refuse: Refuse): void {
  const name = nameOf(action);
  if (name === undefined) {
    return refuse(where, 'has an inline action', 'name it in setup({ actions }), so that a planted bug can replace it');
  }
  const implementation: unknown = machine.implementations.actions[name];
  const kind = typeof implementation === 'function' && 'type' in implementation ? implementation.type : undefined;
  switch (kind) {
    case 'xstate.assign':
      return;
    case 'xstate.raise':
      if ((implementation as { delay?: unknown }).delay === undefined) return;
      return refuse(where, `raises an event with a delay in '${name}'`, 'time is an event here: name it, and let a timer step send it');
    case undefined:
      return implementation === undefined
        ? refuse(where, `names the action '${name}', which setup({ actions }) does not define`, 'define it, or correct the name')
        : refuse(where, `runs the side effect '${name}'`, 'an action of a component is an assign or a raise; use assign({}) for one that does nothing');
    default:
      return refuse(where, `runs '${String(kind)}' in '${name}'`, 'an action of a component is an assign or a raise; let a step move the other component');
  }
}
