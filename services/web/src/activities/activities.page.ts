import { withQuery } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { counted, empty, pageLinks } from '../html/pieces.ts';
import { activityRows } from './activity-rows.ts';
import type { ActivityList } from './activity.ts';

export interface ActivitiesPage {
  list: ActivityList;
  actor: string | undefined;
  type: string | undefined;
  offset: number;
  nextOffset: number | undefined;
}

const kinds: [value: string | undefined, label: string][] = [
  [undefined, 'Everything'],
  ['Create', 'Claims'],
  ['Update', 'Changes'],
  ['Delete', 'Deletions'],
];

export function activitiesPage({ list, actor, type, offset, nextOffset }: ActivitiesPage): Page {
  const choice = kinds.map(([value, label]) => {
    const href = withQuery('/activities', { actor, type: value });
    return html`<a class="chip" href="${href}" ${value === type ? html`aria-current="true"` : ''}>${label}</a>`;
  });
  const about = list.total_estimated === true ? 'About ' : '';
  const main = html`<h1>Activities</h1>
    <p class="lead">What people have signed, newest first. Each of these is an entry in a log that only grows.</p>
    <p class="chips">${choice}</p>
    ${actor === undefined ? '' : html`<p>Only those of <strong>${actor}</strong>. <a href="${withQuery('/activities', { type })}">Show everybody’s</a>.</p>`}
    ${
      list.activities.length === 0
        ? nothing(offset)
        : html`<p class="note">${about}${counted(list.total, 'activity', 'activities')}</p>
            ${activityRows(list.activities)}`
    }
    ${pageLinks({
      first: offset === 0 ? undefined : withQuery('/activities', { actor, type }),
      next: nextOffset === undefined ? undefined : withQuery('/activities', { actor, type, offset: nextOffset }),
    })}`;
  return { title: `Activities · ${siteName}`, main, section: '/activities' };
}

function nothing(offset: number): Html {
  return empty(offset === 0 ? 'Nothing yet.' : 'There are no more activities.');
}
