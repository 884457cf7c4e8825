import { AppError, type Logger } from '@artdag/service-kit';
import type { Request } from 'express';
import { z } from 'zod';
import type { Gateway, GatewayAnswer } from './gateway.ts';
import { sessionSecretOf } from './session-secret.ts';
import { visitOf } from './visit.ts';

export interface ReadOptions {
  /** `visitor`: what only the signed-in visitor may see is in it. Default: the answer is the same for everybody. */
  as?: 'visitor';
}

/** Reads the public API for a page. */
export interface ReadApi {
  /**
   * What is at a path of the API, checked.
   *
   * @throws AppError 401 `unauthorized`, 404 `not_found`, 410 `gone`, 400 `bad_request` for parameters that it refuses, 429 `rate_limited`,
   *   and 503 `dependency_unavailable` when it does not answer in time, or not as expected
   */
  <T>(req: Request, path: string, schema: z.ZodType<T>, o?: ReadOptions): Promise<T>;
}

/** A part of a page that the page can do without: undefined, and logged, when it cannot be read; `forbidden`, if that is given, when the API answers 403. */
export type TryRead = <T, F = undefined>(
  req: Request,
  path: string,
  schema: z.ZodType<T>,
  o?: ReadOptions & { forbidden?: F },
) => Promise<T | F | undefined>;

export function createReadApi({ gateway }: { gateway: Gateway }): ReadApi {
  return async (req, path, schema, o = {}) => {
    const visit = visitOf(req);
    const ask = async (cookie: string | undefined): Promise<GatewayAnswer> => {
      try {
        return await gateway({ path, visit: { ...visit, cookie } });
      } catch (cause) {
        throw unavailable(path, cause);
      }
    };
    const cookie = o.as === 'visitor' && sessionSecretOf(visit.cookie) !== undefined ? visit.cookie : undefined;
    const answer = await ask(cookie);
    if (answer.status !== 200) throw refusal(path, answer);
    const { success, data, error } = schema.safeParse(answer.body);
    if (!success) throw unavailable(path, error);
    return data;
  };
}

export function createTryRead({ readApi, logger }: { readApi: ReadApi; logger: Logger }): TryRead {
  return async (req, path, schema, o) => {
    try {
      return await readApi(req, path, schema, o);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.status >= 500) {
        const { requestId } = visitOf(req);
        logger.warn('A part of a page could not be read.', { request_id: requestId, error });
      }
      return error.status === 403 ? o?.forbidden : undefined;
    }
  };
}

function unavailable(path: string, cause: unknown): AppError {
  const what = path.split('?', 1)[0];
  const message = 'This part of the site does not answer at the moment. Try again shortly.';
  return new AppError('dependency_unavailable', 503, message, {
    headers: { 'retry-after': '5' },
    cause: new Error(`GET ${what} did not answer as expected.`, { cause }),
  });
}

const problemSchema = z.object({ detail: z.unknown() });
const issuesSchema = z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() }));

function refusal(path: string, { status, body, retryAfter }: GatewayAnswer): AppError {
  if (status === 404)
    return new AppError('not_found', 404, 'There is nothing at this address. It may have been mistyped.');
  if (status === 410) return new AppError('gone', 410, 'What was here has been deleted.');
  if (status === 401) return new AppError('unauthorized', 401, 'Log in to see this page.');
  if (status === 403) return new AppError('forbidden', 403, 'You may not see this page.');
  if (status === 429) {
    const headers = { 'retry-after': retryAfter ?? '60' };
    return new AppError('rate_limited', 429, 'Too many requests came from you. Wait a little, then try again.', {
      headers,
    });
  }
  if (status === 422) return new AppError('bad_request', 400, whatIsWrong(body));
  return unavailable(path, new Error(`It answered ${status}.`));
}

/** The parameters that the API refuses, in its own words. */
function whatIsWrong(body: unknown): string {
  const issues = issuesSchema.safeParse(problemSchema.safeParse(body).data?.detail).data ?? [];
  const said = issues.map(({ loc, msg }) => `${String(loc[1] ?? 'The address')}: ${msg}`);
  return said.length === 0 ? 'The address of this page has something in it that cannot be.' : said.join(' ');
}
