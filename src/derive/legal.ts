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
  const refuse: Refuse = (where, what, instead) => {
    throw new ModelError(`component ${name}: ${where} ${what}; ${instead}`);
  };
  if (machine.root.type === 'parallel') {
    refuse("state '(root)'", 'is parallel', 'put the regions inside one compound state, so that the local state has a name');
  }
  for (const node of nodesOf(machine.root)) checkNode(machine, node, `state '${node.path.join('.') || '(root)'}'`, refuse);
}

type Refuse = (where: string, what: string, instead: string) => never;

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap((child) => nodesOf(child as AnyStateNode))];
}

function checkNode(machine: AnyStateMachine, node: AnyStateNode, where: string, refuse: Refuse): void {
  if (node.type === 'history') refuse(where, 'is a history state', 'name the states it could return to and give each its own event');
  for (const { src } of node.invoke) {
    // XState names an actor that is given in place.
    const what = typeof src === 'string' && !src.startsWith('xstate.invoke.') ? `'${src}'` : 'an actor';
    refuse(where, `invokes ${what}`, 'make the other machine a component and let a step move both');
  }
  if (node.after.length > 0) refuse(where, 'has an `after` transition', 'time is an event here: name it, and let a timer step send it');
  for (const [descriptor, transitions] of node.transitions) {
    if (descriptor.includes('*')) {
      refuse(where, `has the wildcard transition '${descriptor}'`, 'list the events it accepts, a wildcard enables misspelt ones');
    }
    for (const transition of transitions) checkTransition(machine, transition, `${where}, event '${descriptor}',`, refuse);
  }
  for (const transition of node.always ?? []) checkTransition(machine, transition, `${where}, always,`, refuse);
  for (const action of node.initial.actions) checkAction(machine, action, `${where}, initial,`, refuse);
  for (const action of [...node.entry, ...node.exit]) checkAction(machine, action, `${where}, entry or exit,`, refuse);
}

function checkTransition(machine: AnyStateMachine, transition: AnyTransitionDefinition, where: string, refuse: Refuse): void {
  checkGuard(machine, transition.guard, where, refuse);
  if (transition.target === undefined && transition.actions.length === 0) {
    refuse(where, 'has neither target nor action', 'write the state itself as target for a test without change, or drop the transition');
  }
  for (const action of transition.actions) checkAction(machine, action, where, refuse);
}

/** A guard is named, or made of named ones by and(), or(), not(); stateIn() needs no name. */
function checkGuard(machine: AnyStateMachine, guard: unknown, where: string, refuse: Refuse): void {
  if (guard === undefined) return;
  if (typeof guard === 'function') {
    if (!('check' in guard)) refuse(where, 'has an inline guard', 'name it in setup({ guards }), so that a planted bug can replace it');
    const parts = 'guards' in guard && Array.isArray(guard.guards) ? guard.guards : [];
    for (const part of parts) checkGuard(machine, part, where, refuse);
    return;
  }
  const name = nameOf(guard);
  if (name !== undefined && !Object.hasOwn(machine.implementations.guards, name)) {
    refuse(where, `names the guard '${name}', which setup({ guards }) does not define`, 'define it, or correct the name');
  }
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
  if (!Object.hasOwn(machine.implementations.actions, name)) {
    return refuse(where, `names the action '${name}', which setup({ actions }) does not define`, 'define it, or correct the name');
  }
  const implementation: unknown = machine.implementations.actions[name];
  const kind = typeof implementation === 'function' && 'type' in implementation ? implementation.type : undefined;
  const allowed = 'an action of a component is an assign or a raise';
  switch (kind) {
    case 'xstate.assign':
      return;
    case 'xstate.raise':
      if ((implementation as { delay?: unknown }).delay === undefined) return;
      return refuse(where, `raises an event with a delay in '${name}'`, 'time is an event here: name it, and let a timer step send it');
    case 'xstate.enqueueActions':
      return refuse(where, `runs enqueueActions in '${name}'`, `${allowed}; write each case as a transition with its own guard`);
    case undefined:
      return refuse(where, `runs the side effect '${name}'`, `${allowed}; use assign({}) for one that does nothing`);
    default:
      return refuse(where, `runs ${String(kind).replace('xstate.', '')} in '${name}'`, `${allowed}; let a step move the other component`);
  }
}
