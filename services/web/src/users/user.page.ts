import { assetCards } from '../assets/asset-cards.ts';
import type { AssetList } from '../assets/asset.ts';
import { withQuery } from '../gateway/with-query.ts';
import { foreignLink } from '../html/foreign-link.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { copyable, counted, empty, facts, time, unavailable } from '../html/pieces.ts';
import { followButton, followChip } from '../account/following/follow-button.ts';
import type { FollowState } from '../account/following/following.ts';
import { remoteFollow, type LearnedFollow } from './remote-follow.ts';
import { userPath } from './user-path.ts';
import type { Actor, Profile } from './user.ts';

export interface ProfilePage {
  actor: Actor;
  /** Undefined for what could not be read. */
  profile: Profile | undefined;
  list: AssetList | undefined;
  followers: number | undefined;
  following: number | undefined;
  /** The handle that the reader has given to follow from. */
  from: string | undefined;
  learned: LearnedFollow;
  /** How the visitor stands to the actor; undefined for who cannot follow them from here. */
  state: FollowState | undefined;
  csrf: Html;
  notice: Html;
}

export function profilePage({ actor, profile, list, followers, following, ...o }: ProfilePage): Page {
  const username = actor.preferredUsername;
  const handle = `@${username}@${new URL(actor.id).host}`;
  const main = html`<h1><bdi>${actor.name === '' ? username : actor.name}</bdi></h1>
    ${o.notice}
    <p>${copyable(handle, 'the fediverse handle')}</p>
    ${profile?.bio ? html`<p class="stranger" dir="auto">${profile.bio}</p>` : ''}
    ${profile?.website_url ? html`<p>${foreignLink(profile.website_url)}</p>` : ''}
    <p>${followed(followers, following)}</p>
    <section id="follow">
      <h2>Follow</h2>
      ${fromHere(actor, o)}
      <p>
        Search for <strong>${handle}</strong> in Mastodon or any other fediverse app and follow it: each new claim then
        appears in your timeline.
      </p>
      ${remoteFollow({ username, handle, from: o.from, learned: o.learned })}
    </section>
    <h2>Assets</h2>
    ${list === undefined ? unavailable('The assets') : works(list, username)}
    <h2>Details</h2>
    ${facts([
      {
        name: 'Activities',
        value: html`<a href="${withQuery('/activities', { actor: username })}">all that @${username} has signed</a>`,
      },
      { name: 'Actor', value: copyable(actor.id, 'the address') },
      actor.published === undefined ? undefined : { name: 'Here since', value: time(actor.published) },
      ...(actor.assertionMethod ?? []).map((key) => ({
        name: 'Signs with',
        value: copyable(key.publicKeyMultibase, 'the public key'),
      })),
    ])}`;
  return { title: `${handle} · ${siteName}`, main, section: '/users', activityStreams: userPath(username) };
}

/** For who has an account here. */
function fromHere(
  { id: target, preferredUsername: profile }: Actor,
  { state, csrf }: Pick<ProfilePage, 'state' | 'csrf'>,
): Html {
  if (state === undefined) return html``;
  const chip = state === 'none' ? '' : html`<p>${followChip(state)}</p>`;
  return html`${chip}${followButton({ target, name: `@${profile}`, state, csrf, profile })}`;
}

function followed(followers: number | undefined, following: number | undefined): string {
  const known = [
    followers === undefined ? undefined : counted(followers, 'follower'),
    following === undefined ? undefined : `follows ${counted(following, 'actor')}`,
  ].filter((text) => text !== undefined);
  return known.join(' · ');
}

function works(list: AssetList, username: string): Html {
  if (list.assets.length === 0) return empty(`@${username} has not registered anything in public yet.`);
  const all = withQuery('/assets', { owner: username });
  return html`${assetCards(list.assets)}${list.next_cursor === null ? '' : html`<p><a href="${all}">All ${list.total} assets</a></p>`}`;
}
