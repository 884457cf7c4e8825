import { createHash } from 'node:crypto';

/** What to render: the same recipe gives the same bytes, everywhere. */
export interface Recipe {
  seed: string;
  circles: number;
}

/** Undefined unless it is one. */
export function readRecipe(value: unknown): Recipe | undefined {
  const { seed, circles } = (value ?? {}) as { seed?: unknown; circles?: unknown };
  const count = Number(circles);
  if (typeof seed !== 'string' || seed === '' || seed.length > 128) return undefined;
  return Number.isInteger(count) && count >= 1 && count <= 64 ? { seed, circles: count } : undefined;
}

/** A picture of circles, as SVG. */
export function render({ seed, circles }: Recipe): Buffer {
  const shapes = Array.from({ length: circles }, (_, index) => circle(`${index} ${seed}`));
  const lines = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256">',
    '<rect width="256" height="256" fill="#101020"/>',
    ...shapes,
    '</svg>',
  ];
  return Buffer.from(`${lines.join('\n')}\n`);
}

function circle(seed: string): string {
  const [x = 0, y = 0, radius = 0, red = 0, green = 0, blue = 0] = createHash('sha256').update(seed).digest();
  return `<circle cx="${x}" cy="${y}" r="${4 + (radius % 40)}" fill="rgb(${red},${green},${blue})" fill-opacity="0.7"/>`;
}

/** What L2 knows a work by: SHA3-256, lower-case hex. */
export function contentHash(bytes: Buffer): string {
  return createHash('sha3-256').update(bytes).digest('hex');
}
