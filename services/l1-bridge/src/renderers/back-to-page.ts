import { AppError, negotiate } from '@artdag/service-kit';
import type { ErrorRequestHandler } from 'express';
import { isForm } from './l1-server-body.ts';

const page = '/renderers';

/** Refusals of a page's form: 303 to the page, which says why (`?refused=` the code), by way of the login for whose session has ended. Everything else goes on. */
export const backToPage: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const isOfPage = isForm(req) && negotiate(req.headers.accept) === 'html';
  if (!isOfPage || !(error instanceof AppError) || res.headersSent) return next(error);
  const refused = `${page}?refused=${error.code}`;
  const location = error.status === 401 ? `/login?return_to=${encodeURIComponent(page)}` : refused;
  res.set({ location, 'cache-control': 'no-store' }).status(303).end();
};
