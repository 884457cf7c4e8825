import { formError } from '../account/field.ts';
import { withQuery } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { counted, empty, number, pageLinks, time, unavailable } from '../html/pieces.ts';
import { anchorPath } from './anchor-path.ts';
import { stateChip } from './anchor-state.ts';
import type { Anchor, AnchorList, CalendarList } from './anchor.ts';
import { growthPlot, type LogSize } from './growth-plot.ts';

export interface AnchorsPage {
  list: AnchorList;
  /** Undefined when they could not be read. */
  calendars: CalendarList | undefined;
  sizes: readonly LogSize[];
  offset: number;
  nextOffset: number | undefined;
  /** For who may ask for an anchor: what its form needs, and why the last try has made none. */
  form: { csrf: Html; refusal: Html | string | undefined } | undefined;
}

export function anchorsPage({ list, calendars, sizes, offset, nextOffset, form }: AnchorsPage): Page {
  const path = form === undefined ? '/anchors' : '/anchors/ui';
  const main = html`<h1>Anchors</h1>
    <p class="lead">
      The root of the log is put into Bitcoin blocks, by way of OpenTimestamps calendars. What a block holds cannot have
      been made up later: not by us either.
    </p>
    <div class="columns">
      <section>
        <h2>Growth of the log</h2>
        ${plot(sizes)}
      </section>
      <section>
        <h2>Calendars</h2>
        ${calendars === undefined ? unavailable('The calendars') : calendarRows(calendars)}
      </section>
    </div>
    <h2>Anchors</h2>
    ${anchorNow(form)}
    ${
      list.anchors.length === 0
        ? empty(
            offset === 0
              ? 'Nothing has been anchored yet. The next anchor is made by itself.'
              : 'There are no more anchors.',
          )
        : html`<p class="note">${counted(list.total, 'anchor')}</p>
            <ul class="rows">
              ${list.anchors.map(row)}
            </ul>`
    }
    ${pageLinks({
      first: offset === 0 ? undefined : path,
      next: nextOffset === undefined ? undefined : withQuery(path, { offset: nextOffset }),
    })}`;
  const title = `${form?.refusal === undefined ? '' : 'Error: '}Anchors · ${siteName}`;
  return { title, main, section: '/anchors', personal: form !== undefined };
}

function anchorNow(form: AnchorsPage['form']): Html {
  if (form === undefined) return html`<p><a href="/anchors/ui">Manage anchors</a></p>`;
  return html`${formError(form.refusal)}
    <form method="post" action="/anchors/ui">${form.csrf}<button>Anchor now</button></form>
    <p class="note">Anchors what the log has gained since the last one. It also happens by itself.</p>`;
}

function plot(sizes: readonly LogSize[]): Html {
  const drawn = growthPlot(sizes);
  if (drawn === undefined) return html`<p class="note">There is too little of it to be drawn yet.</p>`;
  return html`<figure>
    ${drawn}
    <figcaption>Entries of the log, at the checkpoints and anchors that are known.</figcaption>
  </figure>`;
}

function row(anchor: Anchor): Html {
  return html`<li>
    <span
      >${stateChip(anchor.state)}
      <a href="${anchorPath(anchor.merkle_root)}">${counted(anchor.activity_count, 'activity', 'activities')}</a>, log
      size ${number(anchor.log_size)}: ${anchor.summary}</span
    >
    <span class="note">${time(anchor.created_at)}</span>
  </li>`;
}

function calendarRows({ calendars }: CalendarList): Html {
  if (calendars.length === 0) return html`<p class="note">None is configured.</p>`;
  return html`<ul class="rows">
    ${calendars.map(
      (calendar) =>
        html`<li>
          <span>${calendar.calendar} ${health(calendar)}</span>
          <span class="note">${detail(calendar)}</span>
        </li>`,
    )}
  </ul>`;
}

type Calendar = CalendarList['calendars'][number];

function health(calendar: Calendar): Html {
  if (!calendar.configured) return html`<span class="chip">no longer asked</span>`;
  if (calendar.consecutive_failures > 0) return html`<span class="chip wrong">failing</span>`;
  return calendar.last_success_at === null
    ? html`<span class="chip">not asked yet</span>`
    : html`<span class="chip good">works</span>`;
}

function detail(calendar: Calendar): Html {
  const latency =
    calendar.median_latency_ms === null ? '' : html`, answers in ${number(calendar.median_latency_ms)} ms`;
  if (calendar.consecutive_failures > 0) {
    const since =
      calendar.last_success_at === null ? html`never worked` : html`last worked ${time(calendar.last_success_at)}`;
    return html`${counted(calendar.consecutive_failures, 'failure')} in a row,
    ${since}${calendar.last_problem === null ? '' : html`: ${calendar.last_problem}`}`;
  }
  if (calendar.last_success_at === null) return html`${number(calendar.pending)} waiting`;
  return html`last worked ${time(calendar.last_success_at)}${latency}, ${number(calendar.pending)} waiting`;
}
