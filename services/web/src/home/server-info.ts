import { z } from 'zod';
import type { Gateway } from '../gateway/gateway.ts';
import type { Visit } from '../gateway/visit.ts';

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

/** @throws when the gateway does not answer in time, or not as expected */
export async function readServerInfo(gateway: Gateway, visit: Visit): Promise<ServerInfo> {
  // Without the visitor's cookie: the answer is the same for everybody.
  const { status, body } = await gateway({ path: '/', visit: { ...visit, cookie: undefined } });
  if (status !== 200) throw new Error(`The gateway answered ${status} to GET /.`);
  return schema.parse(body);
}
