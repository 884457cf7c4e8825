import type { IncomingMessage } from 'node:http';
import { unauthorized } from '@artdag/actor-context';
import { AppError, negotiate } from '@artdag/service-kit';
import type { ErrorRequestHandler } from 'express';
import type { Route } from '../route-table.ts';

class LogInFirst extends AppError {
  /** Of the form. */
  readonly page: string;

  constructor(page: string) {
    super('unauthorized', 401, 'Log in to do this.');
    this.page = page;
  }
}

/** 401 `unauthorized` for who is nobody; for a browser that sends the form of a page, in the shape that `toLogin` takes. */
export function logInFirst({ formOf }: Route, { headers }: IncomingMessage): AppError {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const isForm = type === 'application/x-www-form-urlencoded' && negotiate(headers.accept) === 'html';
  return formOf !== undefined && isForm ? new LogInFirst(formOf) : unauthorized();
}

/** Leads who has sent the form of a page without a session to the login, and from there back to the page: a form cannot be sent again. Every other error goes on. */
export const toLogin: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof LogInFirst)) return next(error);
  const location = `/login?return_to=${encodeURIComponent(error.page)}`;
  response.set({ location, 'cache-control': 'no-store' }).status(303).end();
};
