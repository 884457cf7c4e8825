import { html, type Html } from '../../html/html.ts';
import type { FollowState } from './following.ts';

export interface FollowButton {
  /** The actor's URL. */
  target: string;
  /** As it is called beside the button. */
  name: string;
  state: FollowState;
  csrf: Html;
  /** The user of ours on whose page it stands, and to which it leads back. */
  profile?: string;
}

/** Follows an actor, or ends that. Who has refused can be asked again, and is still in one's list until one unfollows. */
export function followButton({ target, name, state, csrf, profile }: FollowButton): Html {
  const back = profile === undefined ? '' : html`<input type="hidden" name="profile" value="${profile}" />`;
  return html`<form class="row" method="post" action="/account/following">
    ${csrf}<input type="hidden" name="target" value="${target}" />${back}
    ${state === 'none' || state === 'rejected' ? button('follow', state === 'none' ? 'Follow' : 'Ask again', name) : ''}
    ${state === 'none' ? '' : button('unfollow', endings[state], name)}
  </form>`;
}

const endings = { requested: 'Take the request back', accepted: 'Unfollow', rejected: 'Take off the list' };

function button(value: 'follow' | 'unfollow', label: string, name: string): Html {
  return html`<button class="button" name="do" value="${value}" aria-label="${label}: ${name}">${label}</button>`;
}

const words: Record<FollowState, string> = {
  none: '',
  requested: 'asked, and not answered yet',
  accepted: 'followed',
  rejected: 'has refused',
};

export function followChip(state: FollowState): Html {
  return html`<span class="chip ${state === 'accepted' ? 'good' : ''}">${words[state]}</span>`;
}
