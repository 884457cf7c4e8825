import { html, type Html } from '../html/html.ts';
import type { Anchor } from './anchor.ts';

const looks: Record<Anchor['state'], string> = {
  queued: '',
  submitted: '',
  pending: 'warn',
  upgraded: 'good',
  confirmed: 'good',
  stale: 'wrong',
};

export function stateChip(state: Anchor['state']): Html {
  return html`<span class="chip ${looks[state]}">${state}</span>`;
}
