import { withQuery } from '../../gateway/with-query.ts';
import { foreignLink } from '../../html/foreign-link.ts';
import { html, type Html } from '../../html/html.ts';
import type { Page } from '../../html/page.ts';
import { counted, empty, pageLinks } from '../../html/pieces.ts';
import { ownUserPath } from '../../users/user-path.ts';
import { accountPage } from '../account.page.ts';
import { field } from '../field.ts';
import type { Refusal } from '../refusal.ts';
import { followButton, followChip } from './follow-button.ts';
import type { Followed, FollowingList } from './following.ts';

export interface FollowingPage {
  list: FollowingList;
  offset: number;
  nextOffset: number | undefined;
  csrf: Html;
  publicUrl: string;
  notice?: Html;
  /** What was typed. */
  target?: string;
  refusal?: Refusal;
}

/** Whom one follows, and a box to follow somebody by their name. */
export function followingPage({ list, offset, nextOffset, csrf, publicUrl, ...o }: FollowingPage): Page {
  const at = '/account/following';
  const body = html`${
      list.following.length === 0
        ? empty(offset === 0 ? 'You follow nobody.' : 'There is nobody more.')
        : html`<p class="note">${counted(list.total, 'actor')}</p>
            <ul class="rows">
              ${list.following.map((one) => html`<li>${about(one, publicUrl)} ${followButton({ ...one, name: nameOf(one), csrf })}</li>`)}
            </ul>`
    }
    ${pageLinks({
      first: offset === 0 ? undefined : at,
      next: nextOffset === undefined ? undefined : withQuery(at, { offset: nextOffset }),
    })}
    <h2>Follow somebody</h2>
    <form class="stack" method="post" action="${at}">
      ${csrf}
      ${field({
        ...{ name: 'target', label: 'Whom', type: 'text', autocomplete: 'off', value: o.target ?? '', maxLength: 2048 },
        hint: 'Here or anywhere in the fediverse: @user@host, or the address of an actor.',
        ...{ error: o.refusal?.fields?.['target'], focus: o.refusal?.fields?.['target'] !== undefined },
      })}
      <p><button name="do" value="follow">Follow</button></p>
    </form>`;
  return accountPage({ at, title: 'Following', body, refusal: o.refusal, ...(o.notice && { notice: o.notice }) });
}

/** Who is here by their handle, which leads to their page; others by the address of their own server, too. */
function about(one: Followed, publicUrl: string): Html {
  const name = html`<strong>${nameOf(one)}</strong>`;
  const own = ownUserPath(publicUrl, one.target);
  const known = one.handle === null ? '' : html`${name}<br />`;
  const who = own === undefined ? html`${known}${foreignLink(one.target)}` : html`<a href="${own}">${name}</a>`;
  return html`<span>${who}<br />${followChip(one.state)}</span>`;
}

function nameOf({ handle, target }: Followed): string {
  return handle === null ? target : `@${handle}`;
}
