import type { z } from 'zod';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** One kind of answer. */
export interface DescribedAnswer {
  description: string;
  /** Of the body; none for an empty one. */
  body?: z.ZodType;
  /** Default `application/json`. */
  mediaTypes?: readonly string[];
  /** What they say, by name. */
  headers?: Readonly<Record<string, string>>;
}

/** A public operation, said with the very schemas that its handler checks with. */
export interface Operation {
  method: HttpMethod;
  /** As in the gateway's route table: `{x}` stands for one segment. */
  path: string;
  /** Unique over all services; generated clients name their method by it. */
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /**
   * `public`: nobody is asked who they are. `optional`: a credential shows more. `required`: 401 without one.
   * `signature`: an HTTP Signature.
   */
  auth: 'public' | 'optional' | 'required' | 'signature';
  /** Scopes that the credential must have. */
  scopes?: readonly string[];
  request?: {
    path?: z.ZodObject;
    query?: z.ZodType;
    headers?: z.ZodObject;
    body?: z.ZodType;
    /** Default `application/json`. */
    bodyTypes?: readonly string[];
  };
  /** By status. */
  answers: Readonly<Record<number, DescribedAnswer>>;
  /** `code`s by status. Those that go with every body or credential are added by themselves. */
  errors?: Readonly<Record<number, readonly string[]>>;
}

/**
 * Checks that a description is consistent, and gives it back.
 *
 * @throws Error when the path's parameters are not those of `request.path`
 */
export function describeRoute(operation: Operation): Operation {
  const named = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  const described = Object.keys(operation.request?.path?.shape ?? {}).sort();
  if (named.join() !== described.join()) {
    throw new Error(`${operation.method} ${operation.path}: request.path describes "${described.join()}".`);
  }
  return operation;
}
