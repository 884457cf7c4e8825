import type { AssertionSigner } from '@artdag/actor-context';
import { z } from 'zod';
import type { Questions } from './server-info.ts';
import type { AskService } from './service-json.ts';

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
    followers: async () => (await ask('federation', `${user}/followers`, collectionSchema)).totalItems,
    keys_configured: async () => (await ask('federation', user, actorSchema)).publicKey !== undefined,
    l1_servers: async () => {
      const assertion = await signer.forService('l1-bridge');
      return (await ask('l1-bridge', '/internal/l1/servers', l1Schema, { 'x-actor-assertion': assertion })).l1_servers;
    },
  };
}
