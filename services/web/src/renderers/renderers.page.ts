import { formError } from '../account/field.ts';
import { withQuery } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { empty, pageLinks } from '../html/pieces.ts';
import type { Renderer } from './renderer.ts';

const path = '/renderers';
/** So many servers to a page: its policy names each of them, and a header has to stay short. */
const pageSize = 20;

export interface RenderersPage {
  all: readonly Renderer[];
  offset: number;
  csrf: Html;
  /** Why the last form did nothing. */
  refusal: string | undefined;
}

/** The servers of an installation from `offset` on, each with what the visitor can do there now. */
export function renderersPage({ all, offset, csrf, refusal }: RenderersPage): Page {
  const renderers = all.slice(offset, offset + pageSize);
  const next = offset + pageSize;
  const main = html`<h1>Renderers</h1>
    <p class="lead">
      Servers that render for you. Attach one, and you are signed in there without a password. What it renders it can
      publish here as yours. When you log out here, you are out there too.
    </p>
    ${formError(refusal)} ${renderers.length === 0 ? none(offset) : list(renderers, csrf)}
    ${pageLinks({
      first: offset === 0 ? undefined : path,
      next: next < all.length ? withQuery(path, { offset: next }) : undefined,
    })}`;
  const title = `${refusal === undefined ? '' : 'Error: '}Renderers · ${siteName}`;
  return { title, main, personal: true, formTargets: originsOf(renderers) };
}

function none(offset: number): Html {
  return empty(offset === 0 ? 'This site has no renderers so far.' : 'There are no more renderers.');
}

function list(renderers: readonly Renderer[], csrf: Html): Html {
  return html`<ul class="cards">
    ${renderers.map((renderer) => item(renderer, csrf))}
  </ul>`;
}

function item(renderer: Renderer, csrf: Html): Html {
  const { l1_server: server, name, status, attached } = renderer;
  const mayEnter = status === 'active';
  return html`<li class="card">
    <div>
      <h2>${name ?? new URL(server).host}</h2>
      <p class="note">${server} · ${stateOf(renderer)}</p>
      <div class="row">
        ${mayEnter ? form({ action: 'attach', label: attached ? 'Open' : 'Attach', server, csrf }) : ''}
        ${attached ? form({ action: 'detach', label: 'Detach', server, csrf }) : ''}
      </div>
    </div>
  </li>`;
}

function stateOf({ status, attached }: Renderer): string {
  const own = attached ? 'attached' : 'not attached';
  if (status === 'active') return own;
  return status === 'draining' ? `${own}; takes nobody new at the moment` : `${own}; switched off`;
}

function form(o: { action: 'attach' | 'detach'; label: string; server: string; csrf: Html }): Html {
  const quiet = o.action === 'detach' ? html` class="button"` : html``;
  return html`<form method="post" action="/renderers/${o.action}">
    ${o.csrf}<input type="hidden" name="l1_server" value="${o.server}" />
    <button${quiet} aria-label="${o.label} ${o.server}">${o.label}</button>
  </form>`;
}

/** Where the form's answer sends a browser on to: servers that take somebody now. */
function originsOf(renderers: readonly Renderer[]): string[] {
  const open = renderers.filter(({ status }) => status === 'active');
  return [...new Set(open.map(({ l1_server }) => new URL(l1_server).origin))];
}
