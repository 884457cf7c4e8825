import { forbidden, type Assertion } from '@artdag/actor-context';
import type { AskAuth } from '../auth/ask-auth.ts';
import { l1NotAuthorized } from '../l1-servers/refusals.ts';
import { normaliseL1Url } from '../l1-servers/l1-url.ts';
import type { Attachment, Detachment } from './attachment.ts';

export interface DetachDeps {
  auth: Pick<AskAuth, 'end'>;
  renderers: {
    listFor(actorId: string): Promise<Attachment[]>;
    detach(detachment: Detachment): Promise<boolean>;
  };
}

/**
 * Ends an attachment: no replica accepts the tokens for that L1 any more once this resolves, and the L1 is told. Repeating it is safe. It
 * works for a server that is not listed any more, too.
 *
 * @returns whether there was one; 403 `l1_not_authorized` for what is no address of an L1
 */
export async function detach(
  deps: DetachDeps,
  caller: Assertion,
  l1Server: string,
): Promise<{ l1Server: string; was: boolean }> {
  const url = normaliseL1Url(l1Server, { allowHttp: true });
  if (url === undefined) throw l1NotAuthorized();
  const { actor_id: actorId } = caller.actor;
  const { username } = caller;
  if (username === null) throw forbidden();
  const live = await deps.auth.end({ actorId, l1Server: url, reason: 'detached' });
  // Of an earlier try that ended the token and was then interrupted, the L1 may not know yet.
  const own = (await deps.renderers.listFor(actorId)).find(({ l1Url }) => l1Url === url);
  const ended = [...new Map([...tokenOf(own), ...live].map((token) => [token.jti, token])).values()];
  const was = await deps.renderers.detach({ actorId, username, l1Url: url, jti: null, reason: 'detached', ended });
  return { l1Server: url, was: was || live.length > 0 };
}

function tokenOf(attachment: Attachment | undefined): { jti: string; tokenHash: string }[] {
  if (attachment === undefined || attachment.jti === null || attachment.tokenHash === null) return [];
  return [{ jti: attachment.jti, tokenHash: attachment.tokenHash }];
}
