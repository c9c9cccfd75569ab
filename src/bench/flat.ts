/**
 * The peer from XState's own family: `getAdjacencyMap` of @xstate/graph, on the network as one flat machine.
 *
 * The flat machine looks up in tables what its components would do, so what is measured is the search and XState itself.
 */
import { getAdjacencyMap } from '@xstate/graph';
import { assign, setup } from 'xstate';
import { type CompiledNetwork, compile } from '../compile/compile.ts';
import { cpuSecondsSoFar, type Measure, timed } from './figures.ts';

/** Explores with @xstate/graph. It has no notion of properties: a hunt visits everything. */
export const graph: Measure = async ({ network }) => {
  const compiled = compile(network, []);
  const machine = flatMachine(compiled);
  const events = compiled.steps.map((_, step) => ({ type: 'step' as const, step }));
  const setUpCpuSeconds = cpuSecondsSoFar();
  const { result, ...times } = await timed(() =>
    getAdjacencyMap(machine, { events: ({ context }) => events.filter(({ step }) => isEnabled(compiled, context.locals, step)) }),
  );
  const states = Object.values(result);
  const transitions = states.reduce((sum, state) => sum + Object.keys(state.transitions).length, 0);
  return { states: states.length, transitions, ...times, setUpCpuSeconds };
};

/** The network as one machine of one state, whose context is the local states. */
function flatMachine(network: CompiledNetwork) {
  return setup({
    types: { context: {} as { locals: readonly number[] }, events: {} as { type: 'step'; step: number } },
    guards: { enabled: ({ context, event }) => isEnabled(network, context.locals, event.step) },
    actions: { move: assign({ locals: ({ context, event }) => moved(network, context.locals, event.step) }) },
  }).createMachine({
    context: { locals: network.automata.map(() => 0) },
    initial: 'all',
    states: { all: { on: { step: { guard: 'enabled', actions: 'move' } } } },
  });
}

function isEnabled({ masks, maskWords }: CompiledNetwork, locals: readonly number[], step: number): boolean {
  return locals.every((local, component) => ((masks[component]![local * maskWords + (step >> 5)]! >>> (step & 31)) & 1) === 1);
}

function moved({ automata, steps }: CompiledNetwork, locals: readonly number[], step: number): number[] {
  const next = [...locals];
  for (const { component, event } of steps[step]!.moves) next[component] = automata[component]!.next(locals[component]!, event);
  return next;
}
