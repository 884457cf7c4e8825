import { AppError } from '@artdag/service-kit';
import type { Request, Response } from 'express';
import { textOf, withQuery } from '../../gateway/with-query.ts';
import type { Html } from '../../html/html.ts';
import { csrfField } from '../../html/page.ts';
import type { Page } from '../../html/page.ts';
import { accountPage, type AccountPart } from '../account.page.ts';
import { doneAt, type Done } from '../done.ts';
import { seeOther } from '../finish-form.ts';
import type { FormPageParts } from '../form-page.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../own-form.route.ts';
import { refusalBy, type Refusal } from '../refusal.ts';
import { endingPage } from './ending.page.ts';

/** Something of one's own that a page asks about before it ends. */
export interface Ending {
  /** The page of the question. */
  path: string;
  /** The page of the list that it is in. */
  at: string;
  frame: (parts: FormPageParts) => Page;
  title: string;
  button: string;
  done: Done;
  /** Of the thing with that id, what its owner knows it by; undefined when there is none that could end. */
  find(req: Request, id: string): Promise<Html | undefined>;
  /** What the API deletes. */
  target(req: Request, id: string): string | Promise<string>;
}

/** Where an ending of the account's is listed, and how its page looks. */
export function within(at: AccountPart): Pick<Ending, 'at' | 'frame'> {
  return { at, frame: (parts) => accountPage({ at, ...parts }) };
}

/** `GET ?id` asks; the form ends it by `DELETE` and leads back to the list. */
export function endingForm(deps: OwnDeps, ending: Ending): FormPage {
  const { at, frame, path, title, button } = ending;
  const sendQuestion = async (req: Request, res: Response, id: string, refusal?: Refusal): Promise<void> => {
    const about = await ending.find(req, id);
    if (about === undefined) throw new AppError('not_found', 404, 'There is nothing of yours here that could end.');
    const page = endingPage({ at, frame, path, title, button, about, id, csrf: csrfField(req), refusal });
    await deps.sendPage(req, res, refusal?.status ?? 200, page);
  };
  const idOf = (form: URLSearchParams): string => form.get('id') ?? '';
  return {
    show: (req, res) => sendQuestion(req, res, textOf(req.query['id']) ?? ''),
    send: ownFormRoute(
      deps,
      (form) => withQuery(path, { id: idOf(form) }),
      async ({ req, res, form, ask }) => {
        const id = idOf(form);
        const answer = await ask({ method: 'DELETE', path: await ending.target(req, id) });
        if (answer.status === 200 || answer.status === 204) return seeOther(res, doneAt(at, ending.done));
        await sendQuestion(req, res, id, refusalBy({ otherwise: 'It could not be ended.' }, answer));
      },
    ),
  };
}
