import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { sessionSecretOf } from '../gateway/session-secret.ts';
import { csrfField, type SendPage } from '../html/page.ts';
import type { StaticFile } from '../static/static-files.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { operationsOf } from './description.ts';
import { docsPage } from './docs.page.ts';
import type { ReadDescription } from './remembered-description.ts';
import { operationPage } from './operation.page.ts';

export interface DocsDeps {
  publicUrl: string;
  readDescription: ReadDescription;
  visitorOf: VisitorOf;
  sendPage: SendPage;
  script: StaticFile;
}

/** `GET /docs`: the API of all services, as the gateway describes it now. */
export function docsRoute({ readDescription, visitorOf, sendPage }: DocsDeps): RequestHandler {
  return async (req, res) => {
    void visitorOf(req);
    await sendPage(req, res, 200, docsPage(await readDescription(req)));
  };
}

/** `GET /docs/{operation}`: one operation, by the id that generated clients name it by. */
export function operationRoute({ publicUrl, readDescription, visitorOf, sendPage, script }: DocsDeps): RequestHandler {
  return async (req, res) => {
    void visitorOf(req);
    const description = await readDescription(req);
    const operation = operationsOf(description).find(({ operationId }) => operationId === req.params['operation']);
    if (operation === undefined) throw new AppError('not_found', 404, 'The API has no operation of this name.');
    const csrf = sessionSecretOf(req.get('cookie')) === undefined ? undefined : csrfField(req);
    const { schemas } = description.components;
    await sendPage(req, res, 200, operationPage({ operation, schemas, publicUrl, csrf, script }));
  };
}
