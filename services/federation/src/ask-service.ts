import { AppError } from '@artdag/service-kit';
import { request, type Dispatcher } from 'undici';
import type { z } from 'zod';

/** The internal API of one of our own services. All calls reject with AppError 503 `dependency_unavailable` when it does not answer as expected. */
export interface AskService {
  /** A POST when there is a body. */
  ask<S extends z.ZodType>(path: string, schema: S, body?: object): Promise<z.output<S>>;
  /** A GET of what may not be there: undefined for 404. */
  find<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined>;
}

export interface AskServiceOptions {
  /** Its name, as assertions are addressed to it. */
  service: string;
  baseUrl: string;
  /** Makes the assertion that it asks of its callers. */
  assertionFor: (audience: string) => Promise<string>;
  /** What people are told when it does not answer. */
  whenAway: string;
  timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 5_000;

export function createAskService(o: AskServiceOptions): AskService {
  const unavailable = (cause: unknown): AppError =>
    new AppError('dependency_unavailable', 503, o.whenAway, { headers: { 'retry-after': '5' }, cause });
  const call = async (path: string, body?: object): Promise<Dispatcher.ResponseData> => {
    try {
      const assertion = await o.assertionFor(o.service);
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const headers = { 'x-actor-assertion': assertion, ...json };
      const signal = AbortSignal.timeout(o.timeoutMs ?? TIMEOUT_MS);
      const sent = body === undefined ? {} : ({ method: 'POST', body: JSON.stringify(body) } as const);
      return await request(`${o.baseUrl}${path}`, { headers, signal, ...sent });
    } catch (cause) {
      throw unavailable(cause);
    }
  };
  const read = async <S extends z.ZodType>(
    { statusCode, body }: Dispatcher.ResponseData,
    schema: S,
  ): Promise<z.output<S>> => {
    try {
      if (statusCode < 200 || statusCode > 299)
        throw new Error(`${o.service} answered ${statusCode}: ${(await body.text()).slice(0, 200)}`);
      return schema.parse(await body.json());
    } catch (cause) {
      throw unavailable(cause);
    }
  };
  return {
    ask: async (path, schema, body) => read(await call(path, body), schema),
    async find(path, schema) {
      const answer = await call(path);
      if (answer.statusCode !== 404) return read(answer, schema);
      await answer.body.dump();
      return undefined;
    },
  };
}
