/** An XState machine as plain data: states, nesting, transitions and citations, for whoever draws or lists it. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { citesOf } from '../trace/replay.ts';
import { valueText } from './values.ts';

export interface ChartState {
  /** The path from the root, dotted; empty for the root. Unique in its chart. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** The id of the child entered by default, of a compound state. */
  readonly initial: string | undefined;
  readonly description: string | undefined;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly cites: readonly string[];
  readonly states: readonly ChartState[];
}

export interface ChartTransition {
  readonly from: string;
  /** Ids of the target states; empty for a transition that stays inside its state. */
  readonly to: readonly string[];
  /** The event's type; `always` for a transition without one, `done` for one taken when all regions are final. */
  readonly event: string;
  readonly guard: string | undefined;
  /** No guard of its own, but an earlier arm for the same event has one: taken when that one is false. */
  readonly otherwise: boolean;
  readonly actions: readonly string[];
  readonly cites: readonly string[];
  readonly description: string | undefined;
}

export interface Chart {
  readonly name: string;
  readonly root: ChartState;
  /** In document order: outer states first, arms of one event in the order in which they are tried. */
  readonly transitions: readonly ChartTransition[];
}

/** Reads the chart of `machine`. Nothing is run: guards and actions appear by name. */
export function chartOf(machine: AnyStateMachine): Chart {
  const root: AnyStateNode = machine.root;
  return { name: machine.id, root: stateOf(root, machine.id), transitions: transitionsOf(root) };
}

/** Every state of a chart, outer ones first, the root included. */
export function statesOf(state: ChartState): ChartState[] {
  return [state, ...state.states.flatMap(statesOf)];
}

/** A transition on one line: `complete [missed] / clearMissed, resetWork`. */
export function labelOf(transition: Pick<ChartTransition, 'event' | 'guard' | 'otherwise' | 'actions'>): string {
  return [transition.event, ...detailsOf(transition)].join(' ');
}

/** What follows the event in a label: `[guard]`, and `/ actions`. */
export function detailsOf({ guard, otherwise, actions }: Pick<ChartTransition, 'guard' | 'otherwise' | 'actions'>): string[] {
  const condition = guard ?? (otherwise ? 'otherwise' : undefined);
  return [...(condition === undefined ? [] : [`[${condition}]`]), ...(actions.length === 0 ? [] : [`/ ${actions.join(', ')}`])];
}

/** True for a transition that is listed inside its state: it has no target, or only the state itself. */
export function staysInside({ from, to }: ChartTransition): boolean {
  return to.every((target) => target === from);
}

function stateOf(node: AnyStateNode, name: string): ChartState {
  return {
    id: idOf(node),
    name,
    kind: node.type,
    // XState computes `initial` for compound states only; asking any other kind for it throws.
    initial: node.type === 'compound' ? node.initial?.target?.map(idOf)[0] : undefined,
    description: node.description,
    entry: node.entry.map(actionText),
    exit: node.exit.map(actionText),
    cites: citesOf(node.meta),
    states: Object.entries(node.states).map(([key, child]) => stateOf(child as AnyStateNode, key)),
  };
}

function transitionsOf(node: AnyStateNode): ChartTransition[] {
  const own = [...node.transitions.values(), node.always ?? []].flatMap((arms) =>
    arms.map((arm, index) =>
      transitionOf(
        node,
        arm,
        arms.slice(0, index).some((earlier) => earlier.guard !== undefined),
      ),
    ),
  );
  return [...own, ...Object.values(node.states).flatMap((child) => transitionsOf(child as AnyStateNode))];
}

function transitionOf(node: AnyStateNode, arm: AnyTransitionDefinition, guardedBefore: boolean): ChartTransition {
  const guard = arm.guard === undefined ? undefined : guardText(arm.guard);
  return {
    from: idOf(node),
    to: (arm.target ?? []).map((target) => idOf(target as AnyStateNode)),
    event: eventText(arm.eventType),
    guard,
    otherwise: guard === undefined && guardedBefore,
    actions: arm.actions.map(actionText),
    cites: citesOf(arm.meta),
    description: arm.description,
  };
}

/** XState's own names in words: the empty event of `always`, and the event of a region that ends. */
function eventText(type: string): string {
  if (type === '') return 'always';
  return type.startsWith('xstate.done.state.') ? 'done' : type;
}

function idOf(node: AnyStateNode): string {
  return node.path.join('.');
}

/** A guard in words: its name, with parameters in brackets; `and`, `or` and `not` as operators on their operands. */
function guardText(guard: unknown, nested = false): string {
  if (typeof guard !== 'function') return referenceText(guard);
  const { name } = guard;
  const operands = 'guards' in guard && Array.isArray(guard.guards) ? (guard.guards as readonly unknown[]) : undefined;
  if (name === 'not' && operands) return `not ${guardText(operands[0], true)}`;
  if ((name === 'and' || name === 'or') && operands) {
    const text = operands.map((operand) => guardText(operand, operands.length > 1)).join(` ${name} `);
    return nested && operands.length > 1 ? `(${text})` : text;
  }
  if (name === 'stateIn' && 'stateValue' in guard) return `in ${valueText(guard.stateValue)}`;
  return name === '' ? '(inline guard)' : name;
}

function actionText(action: unknown): string {
  return typeof action === 'function' ? action.name || '(inline action)' : referenceText(action);
}

/** A reference by name is a string or `{ type, params }`. */
function referenceText(reference: unknown): string {
  if (typeof reference !== 'object' || reference === null || !('type' in reference)) return String(reference);
  const params = 'params' in reference && reference.params !== undefined ? `(${valueText(reference.params).replace(/^\{|\}$/g, '')})` : '';
  return `${String(reference.type)}${params}`;
}
