import { formError } from '../account/field.ts';
import type { Refusal } from '../account/refusal.ts';
import { withQuery } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { empty, facts, pageLinks, shortHash, time } from '../html/pieces.ts';
import { copyChip, copyCounts } from './copy-state.ts';
import { deedForm } from './provider-deeds.ts';
import { kindLabel } from './provider-kinds.ts';
import { lastTest } from './storage.page.ts';
import { storagePath, type CopyList, type Provider } from './storage.ts';

export interface ProviderPage {
  provider: Provider;
  copies: CopyList;
  /** The hash after which the page begins; undefined for the first. */
  after: string | undefined;
  nextAfter: string | undefined;
  csrf: Html;
  notice: Html;
  /** Why the last button did nothing. */
  refusal: Refusal | undefined;
}

export function providerPage({ provider, copies, after, nextAfter, csrf, notice, refusal }: ProviderPage): Page {
  const { id } = provider;
  const rows = copies.pins.map((copy) => row(id, copy));
  const links = html`<a class="button" href="${withQuery('/storage/ui/edit', { id })}">Edit</a>
    <a class="button" href="${withQuery('/storage/ui/remove', { id })}">Remove</a>`;
  const main = html`<h1>${provider.provider_name}</h1>
    ${notice} ${formError(refusal?.message)}
    ${facts([
      { name: 'Kind', value: `${kindLabel(provider.provider_type)}${provider.is_active ? '' : ', not in use'}` },
      { name: 'Last test', value: lastTest(provider) },
      { name: 'Copies', value: provider.pins.total === 0 ? 'none' : copyCounts(provider.pins) },
      { name: 'Added', value: time(provider.created_at) },
    ])}
    ${deedForm(provider, csrf, links)}
    <h2>Copies</h2>
    ${
      rows.length === 0
        ? empty('There is no copy here.')
        : html`<ul class="rows">
            ${rows}
          </ul>`
    }
    ${pageLinks({
      first: after === undefined ? undefined : storagePath(id),
      next: nextAfter === undefined ? undefined : storagePath(id, { after: nextAfter }),
    })}
    <p><a href="/storage">All your storage</a></p>`;
  return { title: `${refusal ? 'Error: ' : ''}${provider.provider_name} · ${siteName}`, main, personal: true };
}

function row(id: string, copy: CopyList['pins'][number]): Html {
  const { content_hash: hash, last_checked_at: lookedAt } = copy;
  return html`<li>
    <span>${copyChip(copy.status)} <a href="${storagePath(id, { copy: hash })}">${shortHash(hash)}</a></span>
    <span class="note">${lookedAt === null ? 'not looked at yet' : html`looked at ${time(lookedAt)}`}</span>
  </li>`;
}
