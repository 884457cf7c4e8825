import type { ActorIdentity } from '@artdag/actor-context';
import type { RevocationReader } from '@artdag/revocation';
import type { L1ServerRow, L1Status } from '../l1-servers/l1-server.ts';
import type { Attachment } from './attachment.ts';

export interface ListRenderersDeps {
  renderers: { listFor(actorId: string): Promise<Attachment[]> };
  servers: { list(): Promise<readonly L1ServerRow[]> };
  revocations: Pick<RevocationReader, 'check'>;
  now: () => Date;
}

/** An L1 server as an actor sees it. */
export interface Renderer {
  /** Its address. */
  l1_server: string;
  name: string | null;
  /** The server's own state: whether it takes new attachments. */
  status: L1Status;
  /** Whether the L1 has verified the actor's token. */
  attached: boolean;
  verified_at: Date | null;
}

/**
 * The servers that an actor may use, the configuration's in its order and then those that operators added, each with the actor's own
 * attachment. One that is not listed any more is not offered, though its row and attachments stay; an attachment whose token has been
 * revoked or has run out is gone, whether or not its row is.
 *
 * @throws RevocationUnavailable when nobody can say what has been revoked
 */
export async function listRenderers(deps: ListRenderersDeps, actor: ActorIdentity): Promise<Renderer[]> {
  const [servers, attachments] = await Promise.all([deps.servers.list(), deps.renderers.listFor(actor.actor_id)]);
  const now = deps.now();
  const attached = attachments.filter(
    ({ status, expiresAt }) => status === 'attached' && (expiresAt === null || expiresAt > now),
  );
  const isRevoked = await Promise.all(attached.map(({ jti }) => deps.revocations.check(jti === null ? [] : [jti])));
  const live = new Map(attached.filter((_, at) => isRevoked[at] === undefined).map((own) => [own.l1Url, own]));
  return servers.map(({ url, name, status }) => {
    const own = live.get(url);
    return { l1_server: url, name, status, attached: own !== undefined, verified_at: own?.verifiedAt ?? null };
  });
}
