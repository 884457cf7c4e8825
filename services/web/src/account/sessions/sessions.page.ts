import { withQuery } from '../../gateway/with-query.ts';
import { html, type Html } from '../../html/html.ts';
import type { Page } from '../../html/page.ts';
import { time } from '../../html/pieces.ts';
import { accountPage } from '../account.page.ts';
import { deviceOf } from './device.ts';
import type { Session } from './session.ts';

export function sessionsPage(sessions: readonly Session[], notice: Html): Page {
  const hasOthers = sessions.some(({ current }) => !current);
  const body = html`<p>Where this account is logged in. End what you do not know, and change your password then.</p>
    <ul class="rows">
      ${sessions.map(row)}
    </ul>
    ${hasOthers ? html`<p><a class="button" href="/account/sessions/end-others">End all others</a></p>` : ''}`;
  return accountPage({ at: '/account/sessions', title: 'Sessions', body, notice });
}

function row(session: Session): Html {
  const end = html`<a href="${withQuery('/account/sessions/end', { id: session.id })}">End</a>`;
  return html`<li>
    ${aboutSession(session)}
    <span>${session.current ? html`<span class="chip good">this one</span>` : end}</span>
  </li>`;
}

/** By what its owner knows a session again. */
export function aboutSession({ user_agent: agent, ip, created_at: since, last_activity_at: used }: Session): Html {
  return html`<span
    ><strong>${deviceOf(agent)}</strong>${ip === null ? '' : html`, ${ip}`}<br /><span class="note"
      >since ${time(since)}, last used ${time(used)}</span
    ></span
  >`;
}
