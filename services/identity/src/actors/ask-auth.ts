import type { AssertionSigner } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import { z } from 'zod';

export interface AuthCall {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: object;
  timeoutMs: number;
}

interface Answer {
  status: number;
  body: unknown;
}

/** One call of auth's internal API, and what it answers. */
export interface AskAuth {
  /** @throws AppError auth's own 404, 409, 422 or 429; 503 `dependency_unavailable` for anything else that is no answer */
  ask<S extends z.ZodType>(call: AuthCall, schema: S): Promise<{ status: number; body: z.output<S> }>;
  /** The same for what may not be there: null for 404. */
  find<S extends z.ZodType>(call: AuthCall, schema: S): Promise<z.output<S> | null>;
}

const refusalSchema = z.object({ code: z.string(), detail: z.string() });

export function createAskAuth(o: { authUrl: string; assertions: AssertionSigner }): AskAuth {
  const send = async ({ method, path, body, timeoutMs }: AuthCall): Promise<Answer> => {
    const headers = { 'X-Actor-Assertion': await o.assertions.forService('auth'), 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${o.authUrl}${path}`, { method, headers, signal, ...sent });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };
  const answerTo = async (call: AuthCall): Promise<Answer> => {
    try {
      return await send(call);
    } catch (error) {
      throw unavailable(error);
    }
  };
  const read = <S extends z.ZodType>({ status, body }: Answer, schema: S): z.output<S> => {
    if (status >= 300) throw refusalOf({ status, body });
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw unavailable(parsed.error);
    return parsed.data;
  };
  return {
    async ask(call, schema) {
      const answer = await answerTo(call);
      return { status: answer.status, body: read(answer, schema) };
    },
    async find(call, schema) {
      const answer = await answerTo(call);
      return answer.status === 404 ? null : read(answer, schema);
    },
  };
}

/** auth's own refusal where it is about what was asked for; anything else is a failure of ours. */
function refusalOf({ status, body }: Answer): AppError {
  const refusal = refusalSchema.safeParse(body);
  if (refusal.success && [404, 409, 422, 429].includes(status)) {
    return new AppError(refusal.data.code, status, refusal.data.detail);
  }
  return unavailable(new Error(`auth answered ${status}`));
}

function unavailable(cause: unknown): AppError {
  const message = 'The auth service does not answer; try again shortly.';
  return new AppError('dependency_unavailable', 503, message, { headers: { 'Retry-After': '2' }, cause });
}
