import { anchorPath } from '../anchors/anchor-path.ts';
import { assetPath } from '../assets/asset.ts';
import { segment } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { copyable, facts, number, time, unavailable, type Fact } from '../html/pieces.ts';
import { seal } from '../html/seal.ts';
import { userPath } from '../users/user-path.ts';
import { sentence } from './activity-rows.ts';
import { lastSegment, verbOf, type Activity } from './activity.ts';
import type { LogPlace } from './log-place.ts';
import { proofPicture } from './proof-picture.ts';

/** @param place undefined when it could not be read */
export function activityPage(activity: Activity, place: LogPlace | undefined): Page {
  const { object, proof } = activity;
  const username = lastSegment(activity.actor);
  const id = lastSegment(activity.id);
  const main = html`<div class="title">
      ${object.contentHash === undefined ? '' : seal(object.contentHash.value, 'large')}
      <div>
        <h1>@${username} ${verbOf(activity)} ${object.name ?? 'a work'}</h1>
        <p>${sentence(activity)} on ${time(activity.published)}.</p>
      </div>
    </div>
    <blockquote>${inWords(activity)}</blockquote>
    <h2>Proof</h2>
    <div class="columns">
      <figure>
        ${place === undefined ? unavailable('How far the proof has come') : proofPicture(proof.created, place)}
      </figure>
      <p>
        <a class="button" href="/activities/${segment(id)}/certificate" download>Download the certificate</a><br />
        <span class="note">One file that proves the claim, also offline and without this server.</span>
      </p>
    </div>
    <h2>Details</h2>
    ${facts([
      { name: 'Activity', value: copyable(activity.id, 'the address') },
      object.contentHash === undefined
        ? undefined
        : { name: 'SHA3-256', value: copyable(object.contentHash.value, 'the hash') },
      object.contentHash === undefined
        ? undefined
        : {
            name: 'All claims',
            value: html`<a href="/objects/${segment(object.contentHash.value)}">of these bytes</a>`,
          },
      object.name === undefined
        ? undefined
        : { name: 'Asset', value: html`<a href="${assetPath(object.name)}">${object.name}</a>` },
      { name: 'Actor', value: html`<a href="${userPath(username)}">${activity.actor}</a>` },
      { name: 'Signed', value: html`${time(proof.created)}, by ${proof.cryptosuite}` },
      { name: 'Key', value: copyable(proof.verificationMethod, 'the key’s address') },
      { name: 'Signature', value: copyable(proof.proofValue, 'the signature') },
      ...placeFacts(place),
    ])}`;
  return {
    title: `@${username} ${verbOf(activity)} ${object.name ?? 'a work'} · ${siteName}`,
    main,
    section: '/activities',
    activityStreams: `/activities/${segment(id)}`,
  };
}

function inWords({ type, actor, object }: Activity): Html {
  const who = html`I, ${actor},`;
  if (type === 'Create')
    return html`${who} claim the work whose bytes have this SHA3-256, under the name ${object.name ?? 'of this record'}.`;
  if (type === 'Update') return html`${who} change what I have said of the work ${object.name ?? ''}.`;
  return html`${who} take back what I have claimed of this work.`;
}

function placeFacts(place: LogPlace | undefined): (Fact | undefined)[] {
  if (place === undefined) return [];
  const { log_index: index, leaf_hash: leafHash, anchor } = place;
  return [
    index === null ? undefined : { name: 'Log entry', value: number(index) },
    leafHash === null ? undefined : { name: 'Leaf hash', value: copyable(leafHash, 'the leaf hash') },
    anchor === null
      ? undefined
      : {
          name: 'Anchor',
          value: html`<a href="${anchorPath(anchor.merkle_root)}">of ${time(anchor.created_at)}</a>, ${anchor.summary}`,
        },
  ];
}
