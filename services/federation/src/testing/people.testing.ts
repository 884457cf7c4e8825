import { send, type RawAnswer } from './http-client.testing.ts';

/** Signs `X-Actor-Assertion`, as the gateway does. */
export interface Assertions {
  actor(actor: { actor_id: string; username: string; scopes: string[] }): string;
}

export interface Person {
  actorId: string;
  apId: string;
}

/** What a person asks for through the gateway. */
export function getAs(
  assertions: Assertions,
  person: Person,
  path: string,
  scopes: string[] = ['social:write'],
): Promise<RawAnswer> {
  return send(new URL(path, person.apId).href, { headers: [assertionOf(assertions, person, scopes)] });
}

/** A call that a person makes through the gateway. */
export function callAs(
  assertions: Assertions,
  person: Person,
  path: string,
  body: unknown,
  scopes: string[] = ['social:write'],
): Promise<RawAnswer> {
  return send(new URL(path, person.apId).href, {
    method: 'POST',
    headers: [['content-type', 'application/json'], assertionOf(assertions, person, scopes)],
    body: JSON.stringify(body),
  });
}

function assertionOf(assertions: Assertions, { actorId, apId }: Person, scopes: string[]): [string, string] {
  const username = apId.split('/').at(-1) ?? '';
  return ['x-actor-assertion', assertions.actor({ actor_id: actorId, username, scopes })];
}
