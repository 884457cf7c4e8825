import { createHash } from 'node:crypto';
import { allScopes, type Assertion } from '@artdag/actor-context';
import type { KnownActor } from '../actors/auth-client.ts';
import type { Accepted, KeyList, PublicKey } from './key-list.ts';

/** What is answered for a key's requests, made anew only when the list or what auth says of the actor is. */
export function acceptanceOf(list: KeyList, key: PublicKey, actor: KnownActor): Accepted {
  if (key.acceptance?.actor !== actor) key.acceptance = { actor, answer: accept(list, key, actor) };
  return key.acceptance.answer;
}

function accept(list: KeyList, key: PublicKey, actor: KnownActor): Accepted {
  const assertion = assertionFor(list, key, actor);
  const ids = [key.id, actor.actorId, ...(list.ownerActorId === null ? [] : [list.ownerActorId])];
  const digest = createHash('sha256').update(JSON.stringify(assertion)).digest('base64url');
  return { ok: true, caller: `msign ${key.id} ${digest}`, ids, assertion };
}

function assertionFor(list: KeyList, key: PublicKey, actor: KnownActor): Assertion {
  const human = list.identityType === 'human' && actor.actorType === 'human';
  return {
    actor: {
      actor_id: actor.actorId,
      actor_type: actor.actorType,
      microdao_ids: actor.microdaoIds,
      roles: actor.roles,
    },
    username: actor.username,
    org_id: actor.orgId,
    scopes: human ? [...allScopes] : list.capabilities,
    sid: null,
    jti: key.id,
    method: 'msign',
    token_use: 'msign',
  };
}
