import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import jwt, { type JwtPayload } from 'jsonwebtoken';
import { request } from 'undici';
import type { Sent } from '../closed-loop.ts';

/** A user who is attached to an L1, and the token that the L1 got. */
export interface Attachment {
  session: string;
  username: string;
  l1Server: string;
  token: string;
  jti: string;
}

const atOnce = 4;
const maxTries = 20;

/** "Try again shortly" is done: on a machine that others use as well, auth may be late. */
async function post(url: string, headers: Record<string, string>, body: object): Promise<Record<string, unknown>> {
  for (let tries = 1; ; tries += 1) {
    const answer = await request(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return JSON.parse(text) as Record<string, unknown>;
    if (answer.statusCode !== 503 || tries === maxTries)
      throw new Error(`POST ${url} answered ${answer.statusCode}: ${text}`);
    await sleep(1000);
  }
}

/** Registers so many users through the gateway and has each attach to each of the L1s, as a program does. */
export async function makeAttachments(
  origin: string,
  users: number,
  l1Servers: readonly string[],
): Promise<Attachment[]> {
  const made: Attachment[] = [];
  let left = users;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const username = `bench-${randomUUID().slice(0, 8)}`;
      const signedIn = await post(`${origin}/auth/register`, {}, { username, password: randomUUID() });
      const session = String(signedIn['session_token']);
      for (const l1Server of l1Servers) {
        const headers = { authorization: `Bearer ${session}` };
        const token = String((await post(`${origin}/renderers/attach`, headers, { l1_server: l1Server }))['token']);
        const { jti = '' } = jwt.decode(token) as JwtPayload;
        made.push({ session, username, l1Server, token, jti });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return made;
}

/** A request that an L1 makes, and what its answer must name. */
export interface VerifyRequest extends Sent {
  jti: string;
  body: string;
}

export function verifyRequest({ token, l1Server, jti }: Attachment): VerifyRequest {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return { method: 'POST', path: '/auth/verify', headers, body: JSON.stringify({ token, l1_server: l1Server }), jti };
}
