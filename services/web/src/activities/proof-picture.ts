import { html, type Html } from '../html/html.ts';
import { drawnTime, number, timeInWords } from '../html/pieces.ts';
import type { LogPlace } from './log-place.ts';

interface Step {
  done: boolean;
  title: string;
  text: string;
  /** When. */
  at?: string;
}

const rowHeight = 62;

/** How far a claim has come, as a picture: signed, in the log, anchored in a block. */
export function proofPicture(signedAt: string, place: LogPlace): Html {
  const steps: Step[] = [
    { done: true, title: 'Signed', text: 'with the owner’s key', at: signedAt },
    loggedStep(place),
    anchoredStep(place),
  ];
  const words = steps.map(inWords).join(' ');
  const height = rowHeight * steps.length - 14;
  return html`<svg class="drawing" viewBox="0 0 330 ${height}" role="img" aria-label="${words}">
    ${steps.map((step, at) => drawn(step, at, steps[at + 1]))}
  </svg>`;
}

function inWords({ done, title, text, at }: Step): string {
  return `${title}: ${done ? 'done' : 'not yet'}, ${text}${at === undefined ? '' : `, ${timeInWords(at)}`}.`;
}

function drawn({ done, title, text, at: when }: Step, at: number, next: Step | undefined): Html {
  const y = at * rowHeight + 14;
  const state = done ? ' done' : '';
  const wire =
    next === undefined
      ? ''
      : html`<path class="wire${next.done ? ' done' : ''}" d="M14 ${y + 11} V${y + rowHeight - 11}" />`;
  return html`${wire}<circle class="dot${state}" cx="14" cy="${y}" r="11" />${
      done ? html`<path class="tick" d="M9 ${y} l4 4 7 -8" />` : ''
    }<text class="strong" x="38" y="${y + 1}">${title}</text
    ><text class="soft" x="38" y="${y + 18}">${text}${when === undefined ? '' : html`, ${drawnTime(when)}`}</text>`;
}

function loggedStep({ log_index: index }: LogPlace): Step {
  return index === null
    ? { done: false, title: 'In the log', text: 'within moments' }
    : { done: true, title: 'In the log', text: `as entry ${number(index)}, which anybody can check` };
}

function anchoredStep({ state, anchor }: LogPlace): Step {
  if (state === 'confirmed' && anchor !== null && anchor.bitcoin_height !== null) {
    const text = `in Bitcoin block ${number(anchor.bitcoin_height)}`;
    return { done: true, title: 'Anchored', text, ...(anchor.block_time !== null && { at: anchor.block_time }) };
  }
  return {
    done: false,
    title: anchor === null ? 'Anchored' : 'Being anchored',
    text: waiting[state] ?? 'with the next anchor',
  };
}

const waiting: Partial<Record<LogPlace['state'], string>> = {
  queued: 'the calendars have not been asked yet',
  submitted: 'sent to the calendars, which put it into a block',
  pending: 'accepted by a calendar, waiting for its block',
  upgraded: 'in a block, whose header was not checked here',
  stale: 'the calendars were slow; it is tried again',
};
