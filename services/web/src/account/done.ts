import { textOf } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';

/** What forms have done, by the words that the page after them shows. Only these can be asked for. */
const notices = {
  'profile-saved': 'Your profile is saved.',
  'password-changed': 'Your password is changed. You are logged out everywhere else.',
  'session-ended': 'The session is ended.',
  'sessions-ended': 'All other sessions are ended.',
  'api-key-revoked': 'The API key is revoked: nothing takes it any more.',
  'token-revoked': 'The token is revoked: nothing takes it any more.',
  'key-revoked': 'The key is revoked: no signature of it is taken any more.',
  'organisation-switched': 'This session now acts for the other organisation.',
  'provider-added': 'It is added. Test it to see whether it can be reached.',
  'provider-saved': 'It is saved.',
  'provider-tested': 'It was tested; what came of it is below.',
  'copies-due': 'Its copies are being looked at. Open this page again in a moment.',
  'provider-off': 'It is switched off: its copies are not looked at any more.',
  'provider-on': 'It is switched on.',
  'calendars-asked': 'The calendars are being asked again. Open this page again in a moment.',
  followed: 'You follow them now.',
  'follow-requested': 'They are asked, and you follow them once they accept.',
  unfollowed: 'You follow them no more.',
  'provider-removed': 'The storage provider is removed.',
} as const;

export type Done = keyof typeof notices;

/** Where a form leads that has done what it was for. */
export function doneAt(path: string, done: Done): string {
  return `${path}${path.includes('?') ? '&' : '?'}done=${done}`;
}

/** The notice that `?done=` asks for, if it is one of ours. */
export function doneNotice(parameter: unknown): Html {
  const asked = textOf(parameter) ?? '';
  if (!Object.hasOwn(notices, asked)) return html``;
  return html`<p class="done" role="status">${notices[asked as Done]}</p>`;
}
