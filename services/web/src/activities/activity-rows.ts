import { html, type Html } from '../html/html.ts';
import { time } from '../html/pieces.ts';
import { seal } from '../html/seal.ts';
import { assetPath } from '../assets/asset.ts';
import { userPath } from '../users/user-path.ts';
import { activityPath, lastSegment, verbOf, type Activity, type ActivityList } from './activity.ts';

/** Claims as a list, a line each: who did what to which work, and when. */
export function activityRows(activities: ActivityList['activities']): Html {
  return html`<ul class="rows">
    ${activities.map((activity) =>
      activity.type === 'Tombstone'
        ? html`<li>
            <span>A claim whose words were erased; its place in the log stays.</span>
            ${moment(activity.id, activity.deleted)}
          </li>`
        : html`<li><span>${mark(activity)}${sentence(activity)}</span> ${moment(activity.id, activity.published)}</li>`,
    )}
  </ul>`;
}

function mark({ object: { contentHash } }: Activity): Html {
  return contentHash === undefined ? html`` : seal(contentHash.value, 'small');
}

/** `@giles claimed my-video` */
export function sentence(activity: Activity): Html {
  const username = lastSegment(activity.actor);
  return html`<a href="${userPath(username)}">@${username}</a> ${verbOf(activity)} ${workOf(activity)}`;
}

function workOf({ type, object }: Activity): Html {
  if (object.name === undefined) return html`a work`;
  return type === 'Delete'
    ? html`<strong>${object.name}</strong>`
    : html`<a href="${assetPath(object.name)}">${object.name}</a>`;
}

function moment(id: string, iso: string): Html {
  return html`<a class="note" href="${activityPath(lastSegment(id))}">${time(iso)}</a>`;
}
