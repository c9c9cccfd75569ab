/** The colours of reports and pictures, light and dark, as CSS variables. Nothing is told by colour alone. */

interface Palette {
  readonly [name: string]: string;
}

const LIGHT: Palette = {
  page: '#ffffff',
  ink: '#1c2430',
  soft: '#566170',
  line: '#d3d9e1',
  box: '#ffffff',
  outer: '#f3f5f8',
  edge: '#5b6675',
  accent: '#0b5cba',
  guard: '#8a4b00',
  action: '#006b54',
  good: '#0a6b3d',
  bad: '#b3202e',
  warn: '#855500',
  odd: '#6a3fa0',
  o0: '#0b62c4',
  o1: '#a8420a',
  o2: '#00725a',
  o3: '#973384',
  o4: '#75600a',
  o5: '#0a7390',
  o6: '#b3243f',
  o7: '#58606c',
};

const DARK: Palette = {
  page: '#12171e',
  ink: '#e6e9ee',
  soft: '#a3adba',
  line: '#303b48',
  box: '#1d2530',
  outer: '#181f28',
  edge: '#8d99a8',
  accent: '#6cb2ff',
  guard: '#f0b35e',
  action: '#5fd3b2',
  good: '#5ed394',
  bad: '#ff8a8f',
  warn: '#f0c060',
  odd: '#c9a6ff',
  o0: '#6cb2ff',
  o1: '#ff9d5c',
  o2: '#4fd6a5',
  o3: '#e59bd6',
  o4: '#e0c35a',
  o5: '#5fd0ea',
  o6: '#ff8fa0',
  o7: '#b8bec7',
};

/** Owners beyond this many share colours; they are named wherever they are coloured. */
const OWNER_COLOURS = 8;

/** The class that colours what belongs to the owner with this number. */
export function ownerClass(owner: number): string {
  return `o${owner % OWNER_COLOURS}`;
}

/** Rules that set `property` by owner class below `scope`: `.lane.o0 { color: var(--o0); }`. */
export function ownerRules(scope: string, property: string): string {
  return Array.from({ length: OWNER_COLOURS }, (_, owner) => `${scope}.o${owner} { ${property}: var(--o${owner}); }`).join('\n');
}

/** Sets the variables on `selector`, for light surroundings and for dark ones. */
export function paletteCss(selector: string): string {
  const set = (palette: Palette) =>
    `${selector} { ${Object.entries(palette)
      .map(([name, colour]) => `--${name}: ${colour};`)
      .join(' ')} }`;
  return `${set(LIGHT)}\n@media (prefers-color-scheme: dark) {\n${set(DARK)}\n}\n`;
}
