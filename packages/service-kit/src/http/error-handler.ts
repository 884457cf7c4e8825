import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Response } from 'express';
import { ZodError } from 'zod';
import { isConnectionFailure, RETRY_AFTER_SECONDS } from '../connection-failure.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';
import { errorPage } from './error-page.ts';
import { negotiate } from './negotiation.ts';
import { validationError } from './validate.ts';

/**
 * The one place where errors become answers `{ detail, code, request_id }`, and where bugs are logged, once.
 *
 * @param pages whether browsers get them as pages
 */
export function errorHandler(logger: Logger, pages = false): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const answer = toAppError(error);
    if (answer.status >= 500) {
      const level = answer.code === 'internal_error' ? 'error' : 'warn';
      const what = `${req.method} ${String(req.route?.path ?? 'unmatched')}: ${answer.code}`;
      logger.log(level, what, { request_id: res.locals.requestId, error });
    }
    // Too late for another status: Express ends the connection, so that the client sees that the answer is cut.
    if (res.headersSent) return next(error);
    if (pages && negotiate(req.headers.accept) === 'html') sendErrorPage(res, answer);
    else sendError(res, answer);
  };
}

/** Answers with an error in the usual shape, without going through the error handler. */
export function sendError(res: Response, error: AppError): void {
  setHeaders(res, error);
  const { detail, message, code, members } = error;
  res.status(error.status).json({ ...members, detail: detail ?? message, code, request_id: res.locals.requestId });
}

function sendErrorPage(res: Response, error: AppError): void {
  setHeaders(res, error);
  res
    .vary('Accept')
    .status(error.status)
    .set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    .send(errorPage(error, res.locals.requestId));
}

function setHeaders(res: Response, error: AppError): void {
  res.locals.code = error.code;
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
}

/** What a caller may know of an error: itself, if it is an AppError; else which kind of fault it is. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ZodError) return validationError('body', error);
  if (isConnectionFailure(error)) {
    return new AppError('dependency_unavailable', 503, 'A part of the service is unavailable; try again shortly.', {
      headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    });
  }
  const status = clientErrorStatus(error);
  if (status !== undefined) return new AppError('bad_request', status, STATUS_CODES[status] ?? 'Bad Request');
  return new AppError('internal_error', 500, 'Internal Server Error');
}

/** Express and its router mark what the client did wrong (a path that does not decode) with a status from 400. */
function clientErrorStatus(error: unknown): number | undefined {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
