import { z } from 'zod';

const count = z.number().nonnegative().nullable();

const schema = z.object({
  version: z.string(),
  domain: z.string(),
  default_user: z.string(),
  assets: count,
  activities: count,
  users: count,
  followers: count,
});

/** What the home page shows of the gateway's `GET /` (art-dag-l2.md §12); a count is null while its service is away. */
export type ServerInfo = z.output<typeof schema>;

export interface Visit {
  requestId: string;
  /** The visitor's address, as the gateway told us. */
  forwardedFor: string | undefined;
}

/** Rejects when the gateway does not answer in time, or not as expected. */
export type ReadServerInfo = (visit: Visit) => Promise<ServerInfo>;

/** @param o.timeoutMs from connecting to the last byte */
export function createReadServerInfo(o: { gatewayUrl: string; timeoutMs: number }): ReadServerInfo {
  return async ({ requestId, forwardedFor }) => {
    // Without the visitor's cookie: the answer is the same for everybody.
    const headers = {
      accept: 'application/json',
      'x-request-id': requestId,
      ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
    };
    const signal = AbortSignal.timeout(o.timeoutMs);
    const response = await fetch(`${o.gatewayUrl}/`, { headers, signal, redirect: 'error' });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`The gateway answered ${response.status} to GET /.`);
    }
    return schema.parse(await response.json());
  };
}
