import type { SafeFetchResponse } from '@artdag/safe-fetch';
import type { z } from 'zod';
import { ProviderFailure, refusal } from './provider-failure.ts';

/** The JSON body of an answer, checked. @throws ProviderFailure for another status than 2xx, and for what is not of this shape */
export function readJson<S extends z.ZodType>(answer: SafeFetchResponse, schema: S): z.output<S> {
  if (answer.status < 200 || answer.status > 299) throw new ProviderFailure(refusal(answer));
  const parsed = schema.safeParse(parse(answer.body));
  if (!parsed.success) throw new ProviderFailure('Its answer is not what its API promises.');
  return parsed.data;
}

/** undefined for what is not JSON. */
export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
