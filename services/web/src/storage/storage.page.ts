import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { counted, empty, time } from '../html/pieces.ts';
import { copyCounts } from './copy-state.ts';
import { kindLabel } from './provider-kinds.ts';
import { storagePath, type Provider } from './storage.ts';

/** One's storage providers and how their copies do. */
export function storagePage(providers: readonly Provider[], notice: Html): Page {
  const main = html`<h1>Storage</h1>
    <p class="lead">
      Where copies of your works lie. Their bytes never come here; this server looks now and then whether they are still
      there.
    </p>
    ${notice}
    ${
      providers.length === 0
        ? empty('You have no storage provider yet.')
        : html`<ul class="cards">
            ${providers.map(card)}
          </ul>`
    }
    <p><a class="button" href="/storage/ui/add">Add storage</a></p>`;
  return { title: `Storage · ${siteName}`, main, personal: true };
}

function card(provider: Provider): Html {
  const use = provider.is_active ? '' : ', not in use';
  return html`<li class="card">
    <div>
      <h2><a href="${storagePath(provider.id)}">${provider.provider_name}</a></h2>
      <p class="note">${kindLabel(provider.provider_type)}${use}, ${counted(provider.pins.total, 'copy', 'copies')}</p>
      <p class="chips">${copyCounts(provider.pins)}</p>
      <p class="note">${lastTest(provider)}</p>
    </div>
  </li>`;
}

/** How the last live check went. */
export function lastTest({ last_test: test }: Provider): Html {
  if (test === null) return html`Never tested.`;
  const verdict = test.ok ? html`<span class="chip good">works</span>` : html`<span class="chip wrong">fails</span>`;
  return html`${verdict} ${test.message}, ${time(test.at)}`;
}
