import { instance } from '@viz-js/viz';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compile } from '../src/compile/compile.ts';
import { chartDot, graphDot, quoted } from '../src/export/dot.ts';
import { chartMermaid, escaped, graphMermaid } from '../src/export/mermaid.ts';
import { chartOf, detailsOf, labelOf, staysInside, statesOf } from '../src/export/statechart.ts';
import { stateGraph } from '../src/export/stategraph.ts';
import { explore } from '../src/explore/explore.ts';
import { UsageError } from '../src/model/error.ts';
import { HOSTILE, hostileNetwork, tangled } from './fixtures/reportHostile.ts';
import { nicNetwork } from './fixtures/reportToys.ts';

const nic = nicNetwork({ frames: 2, size: 1, weight: 2 });
const hostileMachine = [...hostileNetwork().parts().values()][0]!.machine;
const charts = [...[...nic.parts().values()].map(({ machine }) => machine), tangled, hostileMachine].map(chartOf);

const Read = z.object({
  objects: z.array(z.object({ label: z.string().optional() })).optional(),
  edges: z.array(z.object({ label: z.string().optional() })).optional(),
});

/** The labels in Graphviz's own reading of `dot`. Fails on any error or warning. */
async function labelsRead(dot: string): Promise<string[]> {
  const result = (await instance()).render(dot, { format: 'json0' });
  expect(result.errors).toEqual([]);
  const { objects = [], edges = [] } = Read.parse(JSON.parse(result.output ?? ''));
  return [...objects, ...edges].flatMap(({ label }) => label ?? []);
}

describe('a chart', () => {
  test('lists every transition of the machine, with guard, actions and citations by name', () => {
    expect(chartOf(tangled).transitions.map((one) => `${one.from} -> ${one.to.join()}: ${labelOf(one)}`)).toEqual([
      ' -> : INSIDE / x',
      ' -> both: JUMP',
      'plain -> both: GO [a and not b and (a or b)] / x',
      'plain -> plain: GO [otherwise]',
      'plain -> both: always [b]',
      'both -> both.left.last: DOWN',
      'both -> plain: done',
      'both.left.first -> plain: BACK',
      'both.left.first -> both.left.last: NEXT',
      'both.right.only -> both.left.last: ACROSS',
      'both.right.only -> both: UP',
    ]);
    expect(chartOf(tangled).transitions[2]).toMatchObject({ cites: ['do_softirq'], description: 'the long way' });
  });

  test('nests states with kind, initial child and description', () => {
    const { root } = chartOf(tangled);
    expect(root).toMatchObject({ id: '', kind: 'compound', initial: 'plain', description: 'Everything a chart can have.' });
    expect(statesOf(root).map(({ id, kind, initial }) => `${id} ${kind} ${initial ?? '-'}`)).toEqual([
      ' compound plain',
      'plain atomic -',
      'both parallel -',
      'both.left compound both.left.first',
      'both.left.first atomic -',
      'both.left.last final -',
      'both.right compound both.right.only',
      'both.right.only atomic -',
    ]);
  });
});

describe('Mermaid', () => {
  test('writes a chart as a state diagram', () => {
    expect(chartMermaid(chartOf(nic.components.napi.machine))).toBe(`\
stateDiagram-v2
  [*] --> idle
  state "idle" as idle
  idle : SCHED clear#58; nobody owns the instance.
  state "owned" as owned {
    [*] --> owned_scheduled
    state "scheduled" as owned_scheduled
    owned_scheduled : On poll_list, waiting for NET_RX_SOFTIRQ.
    state "polling" as owned_polling
    owned_polling : -#62;poll() runs.
    owned_polling : clean [weightLeft] / countWork
    state "completing" as owned_completing
    owned_completing : -#62;poll() has looked for the last time and will let go.
  }
  note right of owned
    SCHED set.
    schedule / setMissed
  end note
  idle --> owned : schedule
  owned_scheduled --> owned_polling : softirq
  owned_polling --> owned_completing : drained [weightLeft]
  owned_polling --> owned_scheduled : drained [otherwise] / resetWork
  owned_completing --> owned_scheduled : complete [missed] / clearMissed, resetWork
  owned_completing --> idle : complete [otherwise] / resetWork
`);
  });

  test.each(charts.map((chart) => [chart.name, chart] as const))('shows every transition of %j', (_, chart) => {
    const lines = chartMermaid(chart).split('\n');
    for (const transition of chart.transitions) {
      const label = escaped(labelOf(transition));
      const shown = lines.filter(
        (line) => (staysInside(transition) ? !line.includes('-->') : line.includes('-->')) && line.endsWith(label),
      );
      expect(shown).not.toEqual([]);
    }
  });

  test('separates parallel regions', () => {
    expect(chartMermaid(chartOf(tangled))).toContain('      }\n      --\n      state "right" as both_right {\n');
  });

  test('writes syntax as entities, and nothing else of a hostile name survives', () => {
    expect(escaped(HOSTILE)).toBe(
      "#60;script#62;alert(#34;1#34;)#60;/script#62; #38; 'q' #124; #123;x#125; [y] #59;#58;#35; #92;N new line",
    );
    expect(escaped('a --> b\nend note')).toBe('a #45;#45;#62; b end#32;note');
    expect(chartMermaid(chartOf(hostileMachine))).not.toMatch(/[<>{|"]alert|<script/);
  });

  test('gives every state an identifier of its own, and none that is a keyword', () => {
    const ids = [...chartMermaid(chartOf(tangled)).matchAll(/ as (\w+)/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain('end');
  });

  test('refuses a state graph that nobody could read', () => {
    expect(() => graphMermaid(stateGraph(nicNetwork({ frames: 6, size: 2, weight: 2 })))).toThrow(UsageError);
    expect(() => graphMermaid(stateGraph(nicNetwork({ frames: 6, size: 2, weight: 2 })))).toThrow(
      /307 reachable states.*100; write DOT or SVG/,
    );
  });

  test('writes a state graph with an arrow per transition', () => {
    const text = graphMermaid(stateGraph(nic));
    expect(text.match(/ --> s\d+ : /g)).toHaveLength(51);
    expect(text).toContain('  s0 --> s1 : dma (NIC)\n');
    expect(text).toContain('  s1 : ring ready #123;used#58; 1, sent#58; 1#125;\n');
  });
});

describe('DOT', () => {
  test.each(charts.map((chart) => [chart.name, chart] as const))(
    'of %j is read by Graphviz, and shows every transition',
    async (_, chart) => {
      const labels = await labelsRead(chartDot(chart));
      for (const transition of chart.transitions) {
        const label = staysInside(transition) ? labelOf(transition) : [transition.event, ...detailsOf(transition)].join('\n');
        // Graphviz hands back a label as it stood between its quotes.
        const written = quoted(label).slice(1, -1).replaceAll('\\"', '"');
        expect(labels.filter((one) => one.includes(written))).not.toEqual([]);
      }
    },
  );

  test('of a hostile state graph is read by Graphviz', async () => {
    const viz = await instance();
    const svg = viz.renderString(graphDot(stateGraph(hostileNetwork())), { format: 'svg' });
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp;');
    expect(svg).toContain('\\N');
  });

  test('quotes what Graphviz would read as syntax', () => {
    expect(quoted('a "b" \\N & <c>\nd\u0007')).toBe('"a \\"b\\" \\\\N &amp; <c>\\nd\ufffd"');
  });

  test('of a state graph has one line per state and per transition', async () => {
    const dot = graphDot(stateGraph(nic));
    expect(await labelsRead(dot)).toHaveLength(37 + 51);
    expect(dot.match(/^ {2}\d+ \[/gm)).toHaveLength(37);
    expect(dot.match(/^ {2}\d+ -> \d+ \[/gm)).toHaveLength(51);
  });
});

describe('a state graph', () => {
  test.each([
    [1, 1, 1],
    [2, 1, 2],
    [4, 2, 2],
    [6, 4, 3],
  ])('has the states, transitions and quiescent states that explore counts: %i frames, ring of %i, weight %i', (frames, size, weight) => {
    const network = nicNetwork({ frames, size, weight });
    const graph = stateGraph(network);
    const counted = explore(compile(network, []), []);
    expect(graph.states).toHaveLength(counted.states);
    expect(graph.edges).toHaveLength(counted.transitions);
    expect(graph.states.filter(({ quiescent }) => quiescent)).toHaveLength(counted.quiescent);
    expect(Math.max(...graph.states.map(({ depth }) => depth))).toBe(counted.depth);
  });

  test('leaves out of its labels what never changes', () => {
    const { parts, states, owners } = stateGraph(nic);
    expect(parts).toEqual(['ring', 'irq', 'napi']);
    expect(states[1]?.locals).toEqual(['ready {used: 1, sent: 1}', 'pending', 'idle {missed: false, work: 0}']);
    expect(owners).toEqual(['NIC', 'hardirq CPU0', 'softirq CPU0']);
  });

  test('beyond its limit is an error that says what to do', () => {
    expect(() => stateGraph(nic, { statesMax: 36 })).toThrow(UsageError);
    expect(() => stateGraph(nic, { statesMax: 36 })).toThrow(/'nic' has more than 36 reachable states.*make its scenario smaller/);
    expect(stateGraph(nic, { statesMax: 37 }).states).toHaveLength(37);
  });
});
