import { withQuery } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { counted, empty, pageLinks, time } from '../html/pieces.ts';
import { userPath } from './user-path.ts';
import type { UserList } from './user.ts';

export interface UsersPage {
  list: UserList;
  offset: number;
  nextOffset: number | undefined;
}

export function usersPage({ list, offset, nextOffset }: UsersPage): Page {
  const main = html`<h1>Users</h1>
    <p class="lead">
      Everybody here has a key of their own and an address in the fediverse, where they can be followed.
    </p>
    ${
      list.users.length === 0
        ? empty(offset === 0 ? 'Nobody has registered yet.' : 'There are no more users.')
        : html`<p class="note">${counted(list.total, 'user')}</p>
            <ul class="cards">
              ${list.users.map(card)}
            </ul>`
    }
    ${pageLinks({
      first: offset === 0 ? undefined : '/users',
      next: nextOffset === undefined ? undefined : withQuery('/users', { offset: nextOffset }),
    })}`;
  return { title: `Users · ${siteName}`, main, section: '/users' };
}

function card(user: UserList['users'][number]): Html {
  const name = user.display_name ?? '';
  return html`<li class="card">
    <div>
      <h3><a href="${userPath(user.username)}">@${user.username}</a></h3>
      ${name === '' || name === user.username ? '' : html`<p><bdi>${name}</bdi></p>`}
      <p class="note">
        ${user.actor_type === 'human' ? '' : html`<span class="chip">${user.actor_type}</span> `}since
        ${time(user.created_at)}
      </p>
    </div>
  </li>`;
}
