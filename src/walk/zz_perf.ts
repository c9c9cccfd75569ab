import { assign, setup } from '/work/main/node_modules/xstate/dist/xstate.esm.js';
import { component } from '/work/main/src/model/component.ts';
import { network } from '/work/main/src/model/network.ts';
import { never } from '/work/main/src/model/property.ts';
import { walk } from '/work/main/src/walk/walk.ts';
import { Walker } from '/work/main/src/walk/walker.ts';
import { policyOf, POLICIES } from '/work/main/src/walk/policy.ts';
import { PathArbitrary } from '/work/main/src/walk/arbitrary.ts';
import * as fc from '/work/main/node_modules/fast-check/lib/fast-check.js';

const cell: any = (setup as any)({
  guards: { has: ({ context, event }: any) => context.items.includes(event.pkt), not: ({ context, event }: any) => !context.items.includes(event.pkt) && context.items.length < 6 },
  actions: { add: assign({ items: ({ context, event }: any) => [...context.items, event.pkt] }), rm: assign({ items: ({ context, event }: any) => context.items.filter((p: number) => p !== event.pkt) }) },
}).createMachine({
  context: ({ input }: any) => ({ items: input.items }),
  initial: 'q', states: { q: { on: { put: { guard: 'not', actions: 'add' }, take: { guard: 'has', actions: 'rm' } } } },
});
const N = 20, P = 10;
const net: any = (network as any)('ring', { cell: Array.from({ length: N }, (_, i) => (component as any)(cell, { items: i === 0 ? [0, 1, 2, 3, 4] : i === 5 ? [5, 6, 7, 8, 9] : [] })) })
  .step('pass', { at: Array.from({ length: N }, (_, i) => i), pkt: Array.from({ length: P }, (_, i) => i) }, ({ at, pkt }: any, c: any) => ({
    owner: `cell${at}`, moves: [c.cell(at).on({ type: 'take', pkt }), c.cell((at + 1) % N).on({ type: 'put', pkt })],
    when: [c.cell((at + 2) % N).is('not crowded', (x: any) => x.items.length < 5)],
  }));
const props = Array.from({ length: 20 }, (_, i) => never(`p${i}`, [[net.refs.cell(i).is('over', (x: any) => x.items.length > 6)]], [net.refs.cell(i).is('five', (x: any) => x.items.length >= 5)]));
console.log('instances', net.instances().length, 'parts', net.parts().size);
for (const walks of [100, 1000]) {
  const t = performance.now();
  const r: any = walk(net, props, { walks, lengthMax: 1000 });
  const ms = performance.now() - t;
  console.log(r.tag, r.walks, r.steps, `${ms.toFixed(0)} ms`, `${(r.steps / ms * 1000).toFixed(0)} steps/s`, r.premisesSeen.length);
}
const w = new Walker(net, props);
for (const name of POLICIES) for (let rep = 0; rep < 2; rep++) {
  const arb = new PathArbitrary(w, { lengthMax: 1000, policies: [name] });
  const t = performance.now();
  let steps = 0;
  for (const p of fc.sample(arb, { seed: 1, numRuns: 200 })) steps += p.length;
  const ms = performance.now() - t;
  console.log(name, steps, `${(steps / ms * 1000).toFixed(0)} steps/s`);
}
// raw stepper, bounded local state (warm)
