import { html, type Html } from './html.ts';

const rings = [20, 15.5, 11, 6.5];

/**
 * A mark drawn from a hash: the same for the same bytes, so that people recognise a work in a list without anything being
 * loaded from where it lies. Four rings, each with dashes and a turn of its own.
 *
 * @param hash hex, at least 24 digits
 */
export function seal(hash: string, size: 'small' | 'medium' | 'large' = 'medium'): Html {
  const bytes = Uint8Array.from({ length: 12 }, (_, at) => Number.parseInt(hash.slice(at * 2, at * 2 + 2), 16) || 0);
  const hue = Math.round(((bytes[0] ?? 0) / 256) * 360);
  const drawn = rings.map((radius, at) =>
    ring(radius, (hue + at * 28 * ((bytes[1] ?? 0) % 2 === 0 ? 1 : -1)) % 360, bytes.subarray(2 + at * 2)),
  );
  return html`<svg class="seal ${size}" viewBox="0 0 48 48" aria-hidden="true">${drawn}</svg>`;
}

function ring(radius: number, hue: number, [first = 0, second = 0]: Uint8Array): Html {
  const parts = 2 + (first % 6);
  const turn = 2 * Math.PI * radius;
  const dash = (turn / parts) * (0.35 + (second / 256) * 0.5);
  const angle = Math.round((second * 360) / 256);
  return html`<circle
    cx="24"
    cy="24"
    r="${radius}"
    fill="none"
    stroke="hsl(${(hue + 360) % 360} 55% 50%)"
    stroke-width="3.4"
    stroke-dasharray="${dash.toFixed(2)} ${(turn / parts - dash).toFixed(2)}"
    transform="rotate(${angle} 24 24)"
  />`;
}
