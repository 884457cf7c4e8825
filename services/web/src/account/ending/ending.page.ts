import { html, type Html } from '../../html/html.ts';
import type { FormPageParts } from '../form-page.ts';
import type { Page } from '../../html/page.ts';
import type { Refusal } from '../refusal.ts';

export interface EndingForm {
  /** The page of the list that it is in. */
  at: string;
  frame: (parts: FormPageParts) => Page;
  title: string;
  /** What is about to end, as its owner knows it, and what that means. */
  about: Html;
  path: string;
  id: string;
  button: string;
  csrf: Html;
  refusal?: Refusal | undefined;
}

/** Asks before something ends for good. */
export function endingPage({ at, frame, title, about, path, id, button, csrf, refusal }: EndingForm): Page {
  const body = html`${about}
    <form class="row" method="post" action="${path}">
      ${csrf}<input type="hidden" name="id" value="${id}" />
      <button class="danger">${button}</button>
      <a class="button" href="${at}">No, go back</a>
    </form>`;
  return frame({ title, body, refusal });
}
