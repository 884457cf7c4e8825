import type { AssertionSigner } from '@artdag/actor-context';
import { z } from 'zod';
import type { Questions } from './server-info.ts';
import { type AskService, UnexpectedAnswer } from './service-json.ts';

const listSchema = z.object({ total: z.number() });
const collectionSchema = z.object({ totalItems: z.number() });
const actorSchema = z.object({ publicKey: z.object({ publicKeyPem: z.string() }).optional() });
const l1Schema = z.object({ l1_servers: z.array(z.string()) });

/** Where the live numbers come from: the services' public lists, and l1-bridge for its configuration. */
export function createQuestions(ask: AskService, signer: AssertionSigner, defaultUser: string): Questions {
  const user = `/users/${encodeURIComponent(defaultUser)}`;
  return {
    assets: async () => (await ask('asset-registry', '/assets?limit=1', listSchema)).total,
    activities: async () => (await ask('asset-registry', '/activities?limit=1', listSchema)).total,
    users: async () => (await ask('federation', '/users?limit=1', listSchema)).total,
    followers: () =>
      unlessMissing(
        0,
        ask('federation', `${user}/followers`, collectionSchema).then((collection) => collection.totalItems),
      ),
    keys_configured: () =>
      unlessMissing(
        false,
        ask('federation', user, actorSchema).then((actor) => actor.publicKey !== undefined),
      ),
    l1_servers: async () => {
      const assertion = await signer.forService('l1-bridge');
      return (await ask('l1-bridge', '/internal/l1/servers', l1Schema, { 'x-actor-assertion': assertion })).l1_servers;
    },
  };
}

/** On a new server nobody has taken the default user's name yet. */
async function unlessMissing<T>(value: T, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UnexpectedAnswer && error.status === 404) return value;
    throw error;
  }
}
