import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express, RequestHandler } from 'express';
import { hasBody } from '@artdag/service-kit';
import { discardRest } from '../proxy/request-body.ts';
import type { Challenge } from './challenge.ts';
import type { Continues } from './continue.ts';

/** What the gateway answers itself: its own routes, and every refusal. */
export interface OwnApp {
  /** Lets the Express app answer one of its routes. */
  answer(request: IncomingMessage, response: ServerResponse, requestId: string, vary: string | undefined): void;
  /** Answers an error, unless an answer has begun; then cuts it, so that it does not look complete. */
  refuse(request: IncomingMessage, response: ServerResponse, requestId: string, error: unknown): void;
}

/** Hands errors over to the Express app, whose error handler gives them their shape and logs what has to be logged. */
export interface Refusals {
  expect(request: IncomingMessage, error: unknown): void;
  /** First in the app. */
  middleware: RequestHandler;
}

export function createRefusals(): Refusals {
  const expected = new WeakMap<IncomingMessage, unknown>();
  return {
    expect: (request, error) => void expected.set(request, error),
    middleware: (request, _response, next) => next(expected.get(request)),
  };
}

export interface OwnAppDeps {
  app: Express;
  refusals: Refusals;
  continues: Continues;
  challenge: Challenge;
}

export function createOwnApp({ app, refusals, continues, challenge }: OwnAppDeps): OwnApp {
  const answer: OwnApp['answer'] = (request, response, requestId, vary) => {
    if (vary !== undefined) response.setHeader('vary', vary);
    // The app takes the id from here.
    request.headers['x-request-id'] = requestId;
    app(request, response);
  };
  return {
    answer,
    refuse(request, response, requestId, error) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      // Its body is not wanted, and a client that was not told to go on may never send it.
      if (continues.isWaiting(request)) response.setHeader('connection', 'close');
      else if (hasBody(request)) discardRest(request);
      refusals.expect(request, challenge.of(error));
      answer(request, response, requestId, undefined);
    },
  };
}
