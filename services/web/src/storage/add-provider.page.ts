import { formPage } from '../account/form-page.ts';
import { withQuery } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import type { Page } from '../html/page.ts';
import { providerFields, type ProviderForm } from './provider-form.ts';
import type { ProviderKind } from './provider-kinds.ts';

export function chooseKindPage(kinds: readonly ProviderKind[]): Page {
  const body = html`<p>Where are the copies?</p>
    <ul class="cards">
      ${kinds.map(
        ({ type, label, about }) =>
          html`<li class="card">
            <div>
              <h2><a href="${withQuery('/storage/ui/add', { type })}">${label}</a></h2>
              <p class="note">${about}</p>
            </div>
          </li>`,
      )}
    </ul>
    <p><a href="/storage">All your storage</a></p>`;
  return formPage({ title: 'Add storage', body });
}

export function addProviderPage({ csrf, ...form }: ProviderForm & { csrf: Html }): Page {
  const { type, label, about } = form.kind;
  const body = html`<p>${about} Nobody is called yet: test it afterwards.</p>
    <form class="stack" method="post" action="/storage/ui/add">
      ${csrf}<input type="hidden" name="type" value="${type}" />
      ${providerFields(form)}
      <p><button>Add it</button></p>
    </form>
    <p><a href="/storage/ui/add">Another kind</a></p>`;
  return formPage({ title: `Add storage: ${label}`, body, refusal: form.refusal });
}
