import { send, type RawAnswer } from './http-client.testing.ts';

/** Signs `X-Actor-Assertion`, as the gateway does. */
export interface Assertions {
  actor(actor: { actor_id: string; username: string; scopes: string[] }): string;
}

export interface Person {
  actorId: string;
  apId: string;
}

/** A call that a person makes through the gateway. */
export function callAs(
  assertions: Assertions,
  { actorId, apId }: Person,
  path: string,
  body: unknown,
  scopes: string[] = ['social:write'],
): Promise<RawAnswer> {
  const username = apId.split('/').at(-1) ?? '';
  const assertion = assertions.actor({ actor_id: actorId, username, scopes });
  return send(new URL(path, apId).href, {
    method: 'POST',
    headers: [
      ['content-type', 'application/json'],
      ['x-actor-assertion', assertion],
    ],
    body: JSON.stringify(body),
  });
}
