import { call, type Answer } from '../api-client.ts';
import type { ClockedSuite } from '../clocked-suite.ts';
import { addKey, newAgent, proofOf, signedCall, type Client, type Place } from '../msign/client.ts';
import { newKey } from '../msign/key.ts';

/** A program of somebody's, with a credential of its own instead of a session. */
export interface Program {
  /** Attaches its owner to the L1, and answers the L1's token. */
  attach(): Promise<string>;
  /** Takes the credential back. */
  end(): Promise<Answer>;
}

/** What makes programs of a person, by the kind of their credential. */
export function programsOf(
  suite: ClockedSuite,
  l1: string,
  owner: { username: string; token: string },
): Record<'an API key' | 'an API token' | 'a public key', () => Promise<Program>> {
  const { gateway } = suite;
  const { token } = owner;
  const body = { l1_server: l1 };
  const place: Place = { origin: gateway, host: 'localhost', now: suite.now };
  let first: Client | undefined;
  return {
    async 'an API key'() {
      const made = await call(gateway, '/auth/api-keys', { token, body: { description: 'ci' } });
      const { id, key } = textsOf(made, 201, 'id', 'key');
      return {
        attach: async () => tokenOf(await call(gateway, '/renderers/attach', { body, headers: { 'x-api-key': key } })),
        end: () => call(gateway, `/auth/api-keys/${id}`, { token, method: 'DELETE' }),
      };
    },
    async 'an API token'() {
      const wanted = { label: 'ci', scopes: ['l1:attach'] };
      const { id, token: own } = textsOf(
        await call(gateway, '/v1/tokens', { token, body: wanted }),
        201,
        'id',
        'token',
      );
      return {
        attach: async () => tokenOf(await call(gateway, '/renderers/attach', { token: own, body })),
        end: () => call(gateway, `/v1/tokens/${id}`, { token, method: 'DELETE' }),
      };
    },
    async 'a public key'() {
      const made = first === undefined ? await firstKey(place, owner) : await addKey(place, first);
      first ??= made;
      const path = `/api/auth/keys/${made.handle}/${made.keyId}`;
      return {
        attach: async () => tokenOf(await signedCall(place, made, { path: '/renderers/attach', body })),
        end: () => call(gateway, path, { token, method: 'DELETE' }),
      };
    },
  };
}

let places = 0;

/** An agent of somebody's who has no key yet. It attaches from another address each time: failures are counted by address. */
export async function agentOf(
  suite: ClockedSuite,
  l1: string,
  owner: { username: string; token: string },
): Promise<Pick<Program, 'attach'>> {
  const place: Place = { origin: suite.gateway, host: 'localhost', now: suite.now };
  const agent = await newAgent(place, await firstKey(place, owner), { capabilities: ['l1:attach'] });
  return {
    async attach() {
      places += 1;
      const elsewhere = { ...place, headers: { 'x-forwarded-for': `203.0.113.${places}` } };
      const path = `/renderers/attach?n=${places}`;
      return tokenOf(await signedCall(elsewhere, agent, { path, body: { l1_server: l1 } }));
    },
  };
}

/** By the login of a moment ago, as long as there is no key that could sign for it. */
async function firstKey(place: Place, owner: { username: string; token: string }): Promise<Client> {
  const key = newKey();
  const { headers } = place;
  const proof = await proofOf(place, key);
  const made = await call(place.origin, '/api/auth/keys', {
    token: owner.token,
    body: proof,
    ...(headers && { headers }),
  });
  const { key_id: keyId } = textsOf(made, 201, 'key_id');
  return { handle: owner.username, actorId: '', key, keyId };
}

const tokenOf = (answer: { status: number; body: Record<string, unknown> }): string =>
  textsOf(answer, 200, 'token').token;

function textsOf<K extends string>(
  { status, body }: { status: number; body: Record<string, unknown> },
  expected: number,
  ...names: K[]
): Record<K, string> {
  if (status !== expected) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return Object.fromEntries(names.map((name) => [name, String(body[name])])) as Record<K, string>;
}
