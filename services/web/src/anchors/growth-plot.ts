import { html, type Html } from '../html/html.ts';
import { dayInWords, drawnDay, number } from '../html/pieces.ts';

/** How many entries the log had at a time. */
export interface LogSize {
  at: string;
  size: number;
}

const width = 360;
const height = 170;
const left = 46;
const bottom = 24;
const top = 10;

/** How the log has grown, as a plot of its size over time. Undefined for fewer than two sizes: there is nothing to draw. */
export function growthPlot(sizes: readonly LogSize[]): Html | undefined {
  const points = sizes
    .map(({ at, size }) => ({ at: new Date(at).getTime(), size }))
    .filter(({ at }) => !Number.isNaN(at))
    .sort((one, other) => one.at - other.at || one.size - other.size);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return undefined;
  const most = roundedUp(Math.max(...points.map(({ size }) => size), 1));
  const x = (at: number) => (left + ((at - first.at) / (last.at - first.at)) * (width - left - 8)).toFixed(1);
  const y = (size: number) => (height - bottom - (size / most) * (height - bottom - top)).toFixed(1);
  // Between two known sizes nothing is known: the size stays what it was until the next one.
  const steps = points
    .map(({ at, size }, index) => (index === 0 ? `M${x(at)} ${y(size)}` : `H${x(at)} V${y(size)}`))
    .join(' ');
  const words = `The log had ${number(first.size)} entries on ${day(first.at)} and ${number(last.size)} on ${day(last.at)}.`;
  return html`<svg class="drawing" viewBox="0 0 ${width} ${height}" role="img" aria-label="${words}">
    ${[0, most / 2, most].map(
      (size) =>
        html`<path class="grid" d="M${left} ${y(size)} H${width - 8}" /><text
            class="soft"
            x="${left - 6}"
            y="${Number(y(size)) + 4}"
            text-anchor="end"
            >${compact.format(size)}</text
          >`,
    )}
    <path class="area" d="${steps} V${y(0)} H${x(first.at)} Z" />
    <path class="wire done" d="${steps}" />
    <text class="soft" x="${left}" y="${height - 6}">${drawnDay(isoOf(first.at))}</text>
    <text class="soft" x="${width - 8}" y="${height - 6}" text-anchor="end">${drawnDay(isoOf(last.at))}</text>
  </svg>`;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** The next even number with one or two leading digits, so that the half is a round number, too. */
function roundedUp(size: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(size)) - 1) * 2;
  return Math.max(2, Math.ceil(size / step) * step);
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

function day(at: number): string {
  return dayInWords(isoOf(at));
}
