import { assetTypes } from '@artdag/claims/asset-types';
import { html, type Html } from '../html/html.ts';
import type { AssetFilter } from './asset-filter.ts';

type Choice = readonly [value: string, label: string];

const orders: readonly Choice[] = [
  ['', 'Newest first'],
  ['created_at', 'Oldest first'],
  ['name', 'By name'],
];
const kinds: readonly Choice[] = [['', 'All kinds'], ...assetTypes.map((type): Choice => [type, type])];

/** The form that searches and filters the list, with what is chosen. */
export function assetFilters(filter: AssetFilter): Html {
  return html`<form class="filters" method="get" action="/assets" aria-label="Search and filters">
    ${text('q', 'Name or description', filter.q, html`type="search"`)}
    ${choice('asset_type', 'Kind', kinds, filter.asset_type)} ${text('tag', 'Tag', filter.tag)}
    ${text('owner', 'Owner', filter.owner, html`autocapitalize="none" spellcheck="false"`)}
    ${choice('sort', 'Order', orders, filter.sort)}
    ${
      filter.content_hash === undefined
        ? ''
        : html`<input type="hidden" name="content_hash" value="${filter.content_hash}" />`
    }
    <p><button>Search</button></p>
  </form>`;
}

function text(name: keyof AssetFilter, label: string, value: string | undefined, attributes = html``): Html {
  return html`<p>
    <label for="${name}">${label}</label
    ><input id="${name}" name="${name}" maxlength="256" ${attributes} value="${value ?? ''}" />
  </p>`;
}

function choice(name: keyof AssetFilter, label: string, choices: readonly Choice[], chosen = ''): Html {
  return html`<p>
    <label for="${name}">${label}</label
    ><select id="${name}" name="${name}">
      ${choices.map(([value, words]) => html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${words}</option>`)}
    </select>
  </p>`;
}
