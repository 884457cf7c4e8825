import { html, type Html } from '../../html/html.ts';
import type { Page } from '../../html/page.ts';
import { empty } from '../../html/pieces.ts';
import { accountPage } from '../account.page.ts';
import type { Me } from '../me.ts';
import type { Refusal } from '../refusal.ts';

type Membership = Me['memberships'][number];

export interface OrganisationsPage {
  me: Me;
  csrf: Html;
  notice?: Html;
  refusal?: Refusal;
}

export function organisationsPage({ me, csrf, notice, refusal }: OrganisationsPage): Page {
  const body = html`<p>
      What you do in this session, and the keys and tokens that you make, count for the organisation that is active.
    </p>
    ${
      me.memberships.length === 0
        ? empty('You are in no organisation.')
        : html`<ul class="rows">
            ${me.memberships.map((membership) => row(membership, me.org_id, csrf))}
          </ul>`
    }`;
  return accountPage({
    ...{ at: '/account/organisations', title: 'Organisations', body, refusal },
    ...(notice && { notice }),
  });
}

function row({ microdao_id: name, org_id: id, role }: Membership, active: string | null, csrf: Html): Html {
  return html`<li>
    <span><strong>${name}</strong> <span class="note">as ${role}</span></span>
    ${
      id === active
        ? html`<span class="chip good">active</span>`
        : html`<form method="post" action="/account/organisations">
            ${csrf}<input type="hidden" name="org_id" value="${id}" />
            <button class="button" aria-label="Switch to it: ${name}">Switch to it</button>
          </form>`
    }
  </li>`;
}
