import type { Done } from '../account/done.ts';
import type { GatewayCall } from '../gateway/gateway.ts';
import { html, type Html } from '../html/html.ts';
import type { Provider } from './storage.ts';

/** What a button on a provider's page has done. */
export interface Deed {
  label: string;
  call: (path: string) => Omit<GatewayCall, 'visit'>;
  done: Done;
}

/** By the value of the button. */
const deeds: Record<string, Deed> = {
  test: { label: 'Test it', call: (path) => ({ path: `${path}/test`, body: {} }), done: 'provider-tested' },
  check: { label: 'Look at the copies', call: (path) => ({ path: `${path}/check`, body: {} }), done: 'copies-due' },
  off: { label: 'Switch off', call: (path) => activeCall(path, false), done: 'provider-off' },
  on: { label: 'Switch on', call: (path) => activeCall(path, true), done: 'provider-on' },
};

export function deedOf(name: string | null): Deed | undefined {
  return name !== null && Object.hasOwn(deeds, name) ? deeds[name] : undefined;
}

/** The buttons of a provider, and the links to its other forms. */
export function deedForm({ id, is_active: isActive, pins }: Provider, csrf: Html, links: Html): Html {
  const offered = ['test', ...(isActive && pins.total > 0 ? ['check'] : []), isActive ? 'off' : 'on'];
  return html`<form class="row" method="post" action="/storage/ui">
    ${csrf}<input type="hidden" name="id" value="${id}" />
    ${offered.map(
      (name) => html`<button class="button" name="do" value="${name}">${deeds[name]?.label ?? ''}</button>`,
    )}
    ${links}
  </form>`;
}

function activeCall(path: string, isActive: boolean): Omit<GatewayCall, 'visit'> {
  return { method: 'PATCH', path, body: { is_active: isActive } };
}
