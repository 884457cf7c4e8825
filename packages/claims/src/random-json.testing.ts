import type { ClaimAsset } from './index.ts';

export type Random = () => number;

/** mulberry32: numbers in [0, 1) that a failing test can make again from its seed. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const pieces = [
  'a',
  'Z',
  '"',
  '\\',
  '/',
  '\n',
  '\u0000',
  '\u001f',
  '\u007f',
  'é',
  'ß',
  '中',
  '\u2028',
  '😀',
  '\uffff',
  '#',
  ' ',
  'א',
];
const below = (random: Random, n: number): number => Math.floor(random() * n);

export function randomText(random: Random): string {
  return Array.from({ length: below(random, 8) }, () => pieces[below(random, pieces.length)]).join('');
}

function randomNumber(random: Random): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, below(random, 2 ** 32));
  view.setUint32(4, below(random, 2 ** 32));
  const any = view.getFloat64(0);
  return random() < 0.5 ? below(random, 1e6) / 100 : Number.isFinite(any) ? any : -0;
}

export function randomJson(random: Random, depth: number): unknown {
  const kind = below(random, depth > 0 ? 6 : 4);
  if (kind === 0) return randomText(random);
  if (kind === 1) return randomNumber(random);
  if (kind === 2) return random() < 0.5;
  if (kind === 3) return null;
  if (kind === 4) return Array.from({ length: below(random, 5) }, () => randomJson(random, depth - 1));
  return randomObject(random, depth);
}

export function randomObject(random: Random, depth: number): Record<string, unknown> {
  const members = Array.from(
    { length: below(random, 6) },
    () => [randomText(random), randomJson(random, depth - 1)] as const,
  );
  return Object.fromEntries(members);
}

export function randomAsset(random: Random): ClaimAsset {
  const maybe = (value: string): string | null => (random() < 0.5 ? value : null);
  return {
    name: randomText(random),
    contentHash: Array.from({ length: 64 }, () => below(random, 16).toString(16)).join(''),
    assetType:
      ['image', 'video', 'audio', 'effect', 'recipe', 'infrastructure', 'document', 'unknown'][below(random, 8)] ?? '',
    tags: Array.from({ length: below(random, 4) }, () => randomText(random)),
    mediaType: maybe('video/mp4'),
    url: maybe(`https://example.com/${randomText(random)}`),
    metadata: randomObject(random, 4),
    visibility: random() < 0.5 ? 'public' : 'unlisted',
  };
}
