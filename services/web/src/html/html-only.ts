import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';

/** For paths that answer with a page and nothing else. @throws AppError 406 `not_acceptable` to who takes no HTML (RFC 9110 §15.5.7) */
export const htmlOnly: RequestHandler = (req, _res, next) => {
  if (req.accepts('html') === false) {
    throw new AppError(
      'not_acceptable',
      406,
      'This address has a page only, as text/html. The API has the same as JSON.',
    );
  }
  next();
};
