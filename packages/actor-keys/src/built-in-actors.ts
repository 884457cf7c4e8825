import type { KeyKind } from './key-pair.ts';

/** An actor that is no account: it has keys and a document of its own, and nobody can log in as it. */
export interface BuiltInActor {
  actorId: string;
  /** Reserved in auth, so that no account is ever called so. */
  username: string;
  /** Path of its document, which its key ids begin with. */
  path: string;
  kinds: readonly KeyKind[];
  /** The services that may have things signed in its name. */
  signers: readonly string[];
}

export const builtInActors: readonly BuiltInActor[] = [
  /** Signs the checkpoints of the transparency log. */
  { actorId: 'service:log', username: 'log', path: '/log', kinds: ['ed25519'], signers: ['asset-registry'] },
  /** Signs what no person does: fetches from other servers, notices to L1s. */
  {
    ...{ actorId: 'service:instance', username: 'actor', path: '/actor', kinds: ['rsa', 'ed25519'] },
    signers: ['federation', 'l1-bridge'],
  },
];

const byId = new Map(builtInActors.map((actor) => [actor.actorId, actor]));
const byUsername = new Map(builtInActors.map((actor) => [actor.username, actor]));

export function builtInActor(actorId: string): BuiltInActor | undefined {
  return byId.get(actorId);
}

/** Path of the document of an actor: `/users/giles`, or a built-in actor's own. */
export function actorPath(username: string): string {
  return byUsername.get(username)?.path ?? `/users/${username}`;
}
