/** Random small networks: machines of a few states with a bounded counter, and steps that move some of them. */
import * as fc from 'fast-check';
import { type AnyStateMachine, assign, createMachine, raise } from 'xstate';
import { component, type Observation, ref } from '../src/model/component.ts';
import { type Network, network } from '../src/model/network.ts';

const COUNT_MAX = 2;
const EVENTS = ['e0', 'e1', 'e2'] as const;

/** One arrow of a machine. States are numbers, taken modulo the number of states. */
interface Arrow {
  readonly target: number;
  readonly guard: 'none' | 'zero' | 'room' | 'payload';
  readonly action: 'none' | 'add' | 'clear' | 'raise';
}

interface MachineShape {
  /** Arrows by state, then by event; null is no arrow. */
  readonly states: readonly (readonly (Arrow | null)[])[];
  readonly always: Arrow | null;
  readonly finalState: boolean;
}

interface StepShape {
  /** By component: the event it takes and its payload, or null. */
  readonly moves: readonly ({ readonly event: number; readonly pay: number } | null)[];
  readonly observed: ObservationShape | null;
  readonly environment: boolean;
  readonly withParameter: boolean;
}

interface ObservationShape {
  readonly component: number;
  readonly state: number;
  readonly count: number | null;
}

export interface NetworkShape {
  readonly machines: readonly MachineShape[];
  readonly steps: readonly StepShape[];
  readonly goal: readonly ObservationShape[];
}

const arrow: fc.Arbitrary<Arrow> = fc.record({
  target: fc.nat(3),
  guard: fc.constantFrom('none', 'none', 'none', 'none', 'zero', 'room', 'payload'),
  action: fc.constantFrom('none', 'none', 'none', 'add', 'add', 'clear', 'raise'),
});

const machineShape: fc.Arbitrary<MachineShape> = fc.record({
  states: fc.array(fc.array(fc.option(arrow, { freq: 6 }), { minLength: EVENTS.length, maxLength: EVENTS.length }), {
    minLength: 1,
    maxLength: 4,
    size: 'max',
  }),
  always: mostlyNull(arrow),
  finalState: fc.constantFrom(false, false, true),
});

function mostlyNull<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: one });
}

const observationShape: fc.Arbitrary<ObservationShape> = fc.record({
  component: fc.nat(2),
  state: fc.nat(3),
  count: mostlyNull(fc.nat(COUNT_MAX)),
});

const stepShape: fc.Arbitrary<StepShape> = fc.record({
  moves: fc.array(mostlyNull(fc.record({ event: fc.nat(EVENTS.length - 1), pay: fc.nat(1) })), { minLength: 3, maxLength: 3 }),
  observed: mostlyNull(observationShape),
  environment: fc.boolean(),
  withParameter: fc.boolean(),
});

export const networkShape: fc.Arbitrary<NetworkShape> = fc.record({
  machines: fc.array(machineShape, { minLength: 2, maxLength: 3 }),
  // A shrunk network has few steps; most networks have enough to fill more than one word of bits.
  steps: fc.oneof(
    { weight: 1, arbitrary: fc.array(stepShape, { maxLength: 6 }) },
    { weight: 4, arbitrary: fc.array(stepShape, { minLength: 12, maxLength: 30 }) },
  ),
  goal: fc.array(observationShape, { minLength: 1, maxLength: 2 }),
});

/** Builds the network; `goal` is a conjunction to look for. */
export function build({ machines, steps, goal }: NetworkShape): { network: Network; goal: Observation[] } {
  const parts = Object.fromEntries(machines.map((shape, index) => [`m${index}`, component(machineOf(shape))]));
  const observe = ({ component, state, count }: ObservationShape): Observation => {
    const index = component % machines.length;
    const name = `s${state % (machines[index]?.states.length ?? 1)}`;
    const label = `is ${name}${count === null ? '' : ` at ${count}`}`;
    return ref(`m${index}`).is(label, (context: { count: number }, at) => at === name && (count === null || context.count === count));
  };
  const whole = steps.reduce<Network>(
    (partial, step, number) => addStep(partial, step, number, machines.length, observe),
    network('random', parts),
  );
  return { network: whole, goal: goal.map(observe) };
}

function addStep(
  partial: Network,
  { moves, observed, environment, withParameter }: StepShape,
  number: number,
  count: number,
  observe: (shape: ObservationShape) => Observation,
): Network {
  const movers = moves.slice(0, count).flatMap((move, index) => (move === null ? [] : [{ index, ...move }]));
  if (movers.length === 0) return partial;
  return partial.step(`t${number}`, withParameter ? { add: [0, 1] } : { add: [0] }, ({ add }) => ({
    owner: 'someone',
    environment,
    moves: movers.map(({ index, event, pay }) => ({ component: `m${index}`, event: { type: EVENTS[event] ?? 'e0', pay: pay + add } })),
    when: observed === null ? [] : [observe(observed)],
  }));
}

/** An always-transition leads only to a later state, so that it comes to an end. What the root accepts, a final state does not. */
function machineOf({ states, always, finalState }: MachineShape): AnyStateMachine {
  const write = ({ target, guard, action }: Arrow) => ({
    target: `s${target % states.length}`,
    ...(guard !== 'none' && { guard }),
    ...(action !== 'none' && { actions: action }),
  });
  const nodes = states.map((arrows, index) => {
    const isFinal = finalState && index > 0 && index === states.length - 1;
    const on = Object.fromEntries(arrows.flatMap((one, event) => (one === null ? [] : [[EVENTS[event] ?? 'e0', write(one)]])));
    const leads = always !== null && index === 0 && states.length > 1 && always.action !== 'raise';
    return [`s${index}`, isFinal ? { type: 'final' } : { on, ...(leads && { always: { ...write(always), target: 's1' } }) }];
  });
  const config = {
    context: { count: 0 },
    initial: 's0',
    states: Object.fromEntries(nodes),
    on: { again: '.s0', e2: { guard: 'zero', target: '.s0', actions: 'add' } },
  };
  const guards = {
    zero: ({ context }: { context: { count: number } }) => context.count === 0,
    room: ({ context }: { context: { count: number } }) => context.count < COUNT_MAX,
    payload: ({ event }: { event: { pay?: number } }) => event.pay === 1,
  };
  const actions = {
    add: assign({ count: ({ context }: { context: { count: number } }) => Math.min(context.count + 1, COUNT_MAX) }),
    clear: assign({ count: 0 }),
    raise: raise({ type: 'again' }),
  };
  return createMachine(config as never, { guards, actions } as never);
}
