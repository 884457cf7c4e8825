import { AppError, negotiate } from '@artdag/service-kit';
import type { ErrorRequestHandler } from 'express';
import { isForm } from './l1-server-body.ts';

/** Refusals of a page's form: 303 to the page, which says why (`?refused=` the code). Everything else goes on. */
export const backToPage: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const isOfPage = isForm(req) && negotiate(req.headers.accept) === 'html';
  if (!isOfPage || !(error instanceof AppError) || res.headersSent) return next(error);
  res.set('cache-control', 'no-store').status(303).set('location', `/renderers?refused=${error.code}`).end();
};
