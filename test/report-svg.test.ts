import { describe, expect, test } from 'vitest';
import { chartOf, detailsOf } from '../src/export/statechart.ts';
import { stateGraph } from '../src/export/stategraph.ts';
import { anchor, escapeText, html, raw } from '../src/report/markup.ts';
import { layoutChart, listed } from '../src/report/statechartLayout.ts';
import { statechartSvg } from '../src/report/statechartSvg.ts';
import { stategraphSvg } from '../src/report/stategraphSvg.ts';
import { textOf, unbalanced } from './fixtures/reportMarkup.ts';
import { HOSTILE, hostileNetwork, tangled } from './fixtures/reportHostile.ts';
import { nicNetwork } from './fixtures/reportToys.ts';

const nic = nicNetwork({ frames: 2, size: 1, weight: 2 });
const hostileMachine = [...hostileNetwork().parts().values()][0]!.machine;
const charts = [...[...nic.parts().values()].map(({ machine }) => machine), tangled, hostileMachine].map(chartOf);

describe('markup', () => {
  test('escapes what is put into it, unless it is markup', () => {
    const attack = `"><script>alert('1')</script>&`;
    expect(html`<p title="${attack}">${attack}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
    );
    expect(html`${html`<b>${'<'}</b>`}${raw('<i>')}${['<', html`<u>`]}`.text).toBe('<b>&lt;</b><i>&lt;<u>');
  });

  test('shows numbers, and nothing for undefined and false', () => {
    expect(html`${0}|${undefined}|${false}|${''}`.text).toBe('0|||');
  });

  test('replaces control characters that XML cannot hold', () => {
    expect(escapeText('a\u0000b\u001bc\td\n')).toBe('a\ufffdb\ufffdc\td\n');
  });

  test('gives different names different anchors, of letters that need no escape', () => {
    const names = ['a b', 'a-b', 'a/b', 'a_b', 'a.b', 'a:b', 'a~b', 'ab', HOSTILE];
    const anchors = names.map((name) => anchor('x', name));
    expect(new Set(anchors).size).toBe(names.length);
    expect(anchors.join('')).toMatch(/^[A-Za-z0-9:._~-]+$/);
    expect(anchor('a', 'b')).not.toBe(anchor('a:b'));
  });
});

describe('a statechart', () => {
  test.each(charts.map((chart) => [chart.name, chart] as const))('of %j shows every transition', async (_, chart) => {
    const { arrows, states } = await layoutChart(chart);
    for (const transition of chart.transitions) {
      const lines = listed(transition)
        ? (states.find(({ state }) => state.id === transition.from)?.lines ?? [])
        : (arrows.find((arrow) => arrow.transition === transition)?.label?.lines ?? []);
      const shown = lines
        .flat()
        .map(({ text }) => text)
        .join(' ')
        .replace(/\s+/g, ' ');
      for (const word of [transition.event, ...detailsOf(transition)]) expect(shown).toContain(word.replace(/\s+/g, ' '));
      expect(arrows.filter((arrow) => arrow.transition === transition)).toHaveLength(listed(transition) ? 0 : transition.to.length);
    }
  });

  test.each(charts.map((chart) => [chart.name, chart] as const))('of %j is well-formed and says what it is', async (_, chart) => {
    const svg = await statechartSvg(chart, { standalone: true });
    expect(unbalanced(svg)).toEqual([]);
    expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*><title>Statechart of /);
    expect(svg).not.toMatch(/<script|NaN|undefined/);
    const shown = textOf(svg);
    for (const { event } of chart.transitions) for (const word of event.split(/\s+/)) expect(shown).toContain(word);
  });

  test('is the same on every run', async () => {
    expect(await statechartSvg(chartOf(tangled))).toBe(await statechartSvg(chartOf(tangled)));
  });

  test('keeps states inside the states that hold them, and apart from each other', async () => {
    const { states } = await layoutChart(chartOf(tangled));
    const pairs = states.flatMap((a) => states.filter((b) => a !== b).map((b) => [a, b] as const));
    const holds = pairs.filter(([a, b]) => a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height);
    const apart = pairs.filter(([a, b]) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y);
    const nested = pairs.filter(([a, b]) => a.state.id === '' || b.state.id.startsWith(`${a.state.id}.`));
    const names = (list: typeof pairs) => list.map(([a, b]) => `${a.state.id} ${b.state.id}`).sort();
    expect(names(holds)).toEqual(names(nested));
    expect(apart.length + 2 * nested.length).toBe(pairs.length);
  });

  test('draws arrows from the border of their source to the border of their target', async () => {
    const { arrows, states } = await layoutChart(chartOf(tangled));
    const touches = (id: string, point: { x: number; y: number } | undefined): boolean => {
      const box = states.find(({ state }) => state.id === id);
      if (box === undefined || point === undefined) return false;
      const [right, bottom] = [box.x + box.width, box.y + box.height];
      const on = (value: number, edge: number): boolean => Math.abs(value - edge) < 1;
      return on(point.x, box.x) || on(point.x, right) || on(point.y, box.y) || on(point.y, bottom);
    };
    for (const { transition, points } of arrows) {
      if (transition === undefined) continue;
      expect(touches(transition.from, points[0]), `${transition.event} leaves ${transition.from}`).toBe(true);
      expect(touches(transition.to[0] ?? '', points[points.length - 1]), `${transition.event} enters ${transition.to.join()}`).toBe(true);
    }
  });
});

describe('a state graph', () => {
  test.each([
    ['with full labels', nic],
    ['with numbers', nicNetwork({ frames: 6, size: 2, weight: 2 })],
    ['as a mass', nicNetwork({ frames: 8, size: 4, weight: 4 })],
    ['with hostile names', hostileNetwork()],
  ])('%s is well-formed, complete and the same on every run', async (_, network) => {
    const graph = stateGraph(network);
    const svg = await stategraphSvg(graph, { standalone: true });
    expect(unbalanced(svg)).toEqual([]);
    expect(svg).not.toMatch(/<script|NaN|undefined/);
    expect(svg.match(/<g class="state/g)).toHaveLength(graph.states.length);
    const small = graph.states.length <= 600;
    expect(svg.match(/<g class="edge/g)).toHaveLength(small ? graph.edges.length : graph.owners.length);
    expect(await stategraphSvg(graph, { standalone: true })).toBe(svg);
  });

  test('colours edges by owner, and names the owners', async () => {
    const svg = await stategraphSvg(stateGraph(nic));
    expect(svg).toContain('>hardirq CPU0</text>');
    expect(svg).toContain('<g class="edge o1"><title>irq (hardirq CPU0)</title>');
  });
});
