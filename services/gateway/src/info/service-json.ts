import type { z } from 'zod';
import type { Upstream } from '../route-table.ts';
import type { Upstreams } from '../proxy/upstreams.ts';

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
    const response = await upstreams.of(service).request({
      method: 'GET',
      path,
      headers: { accept: 'application/json', ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body: unknown = await response.body.json();
    if (response.statusCode !== 200) throw new Error(`${service} answered ${response.statusCode} to GET ${path}`);
    return schema.parse(body);
  };
}
