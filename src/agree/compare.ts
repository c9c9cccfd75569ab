/** Our result and another engine's, held against each other: what both tell must be equal. */
import type { Check, Result, Verdict } from '../explore/check.ts';
import type { Property } from '../model/property.ts';
import type { Answer, ClaimAnswer } from './engine.ts';

const COUNTS = ['states', 'transitions', 'depth', 'quiescent', 'deadlocks'] as const;

/** In words, everything in which `answer` differs from ours; nothing if the engines agree. */
export function disagreements({ exploration, results }: Check, answer: Answer): string[] {
  if (exploration.limit !== undefined || exploration.early) return ['our own search is not complete'];
  const counts = COUNTS.flatMap((name) => differs(name, exploration[name], answer[name] ?? exploration[name]));
  const claims = new Map(answer.claims.map((claim) => [claim.name, claim]));
  return [...counts, ...results.filter(({ property }) => isComparable(property)).flatMap((result) => inClaim(result, claims))];
}

/** Whether other engines are asked about `property`: those about infinite runs are ours alone. */
export function isComparable({ kind }: Property): boolean {
  return kind !== 'leadsTo';
}

function inClaim({ property, verdict }: Result, claims: ReadonlyMap<string, ClaimAnswer>): string[] {
  const claim = claims.get(property.name);
  if (claim === undefined) return [`'${property.name}': not answered there`];
  const ours = verdict.tag === 'vacuous' && claim.premise === undefined ? 'holds' : verdict.tag;
  const length = lengthOf(verdict);
  return [
    ...differs(`'${property.name}'`, ours, tagOf(property, claim)),
    ...(length === undefined ? [] : differs(`steps to decide '${property.name}'`, length, claim.length ?? length)),
  ];
}

function tagOf({ kind }: Property, { reached, premise }: ClaimAnswer): Verdict['tag'] {
  if (kind === 'sometimes') return reached ? 'holds' : 'violated';
  if (reached) return 'violated';
  return premise === false ? 'vacuous' : 'holds';
}

function lengthOf(verdict: Verdict): number | undefined {
  if (verdict.tag === 'violated') return verdict.trace?.steps.length;
  return verdict.tag === 'holds' ? verdict.witness?.steps.length : undefined;
}

function differs(what: string, ours: number | string, theirs: number | string): string[] {
  return ours === theirs ? [] : [`${what}: ${ours} here, ${theirs} there`];
}
