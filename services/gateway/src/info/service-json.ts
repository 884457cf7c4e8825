import type { z } from 'zod';
import type { Upstream } from '../route-table.ts';
import type { Upstreams } from '../proxy/upstreams.ts';

/** A service that answered something else than 200. */
export class UnexpectedAnswer extends Error {
  readonly status: number;

  constructor(service: Upstream, path: string, status: number) {
    super(`${service} answered ${status} to GET ${path}`);
    this.name = 'UnexpectedAnswer';
    this.status = status;
  }
}

/** Reads JSON from a service for the gateway's own use. Rejects on anything but a 200 of the expected shape. */
export type AskService = <S extends z.ZodType>(
  service: Upstream,
  path: string,
  schema: S,
  headers?: Record<string, string>,
) => Promise<z.output<S>>;

/** @param timeoutMs from asking for a connection to the last byte */
export function createAskService(upstreams: Upstreams, timeoutMs: number): AskService {
  return async (service, path, schema, headers = {}) => {
    const response = await upstreams.ownOf(service).request({
      method: 'GET',
      path,
      headers: { accept: 'application/json', ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.statusCode === 200) return schema.parse(await response.body.json());
    await response.body.dump();
    throw new UnexpectedAnswer(service, path, response.statusCode);
  };
}
