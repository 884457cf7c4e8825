import { forbidden, unauthorized, type Assertion } from '@artdag/actor-context';
import type { RevocationReader } from '@artdag/revocation';
import type { AskAuth } from '../auth/ask-auth.ts';
import type { L1Directory } from '../l1-servers/l1-directory.ts';
import type { L1ServerRow } from '../l1-servers/l1-server.ts';
import { l1Draining, l1NotAuthorized } from '../l1-servers/refusals.ts';
import type { AttachOutcome, NewAttachment } from './attachment.ts';

export interface AttachDeps {
  servers: Pick<L1Directory, 'look' | 'forget'>;
  auth: Pick<AskAuth, 'mint' | 'end'>;
  renderers: { attach(attachment: NewAttachment): Promise<AttachOutcome> };
  revocations: Pick<RevocationReader, 'check'>;
}

export interface Attached {
  l1Server: string;
  /** Where the browser takes the token to. */
  authUrl: string;
  token: string;
  expiresAt: string;
}

/**
 * Gives a user a token that works at one L1 only (art-dag-l2.md §9, steps 1 to 3).
 *
 * @throws AppError 403 `l1_not_authorized`, 409 `l1_draining`, 401 `unauthorized` when a logout, or the end of the credential, came first
 */
export async function attach(deps: AttachDeps, caller: Assertion, l1Server: string): Promise<Attached> {
  const server = openOnly(await deps.servers.look(l1Server));
  const { actor_id: actorId } = caller.actor;
  const { username, sid: sessionId } = caller;
  // Of a program, which has no session: its API key, API token or public key.
  const credentialId = sessionId === null ? caller.jti : null;
  if (username === null) throw forbidden();
  const minted = await deps.auth.mint({ actorId, sessionId, credentialId, l1Server: server.url });
  const { token, jti, tokenHash, expiresAt, superseded } = minted;
  const own = { actorId, username, l1Url: server.url };
  const outcome = await deps.renderers.attach({ ...own, jti, tokenHash, expiresAt, superseded });
  if (outcome === 'l1-closed') {
    await deps.auth.end({ actorId, l1Server: server.url, jti, reason: 'l1_closed' });
    deps.servers.forget();
    openOnly(await deps.servers.look(l1Server));
    throw l1NotAuthorized();
  }
  // A logout may have ended the token since, and have had its say about attachments before there was this one.
  if (outcome === 'token-ended' || (await deps.revocations.check([actorId, jti])) !== undefined) throw unauthorized();
  return { l1Server: server.url, authUrl: `${server.url}/auth?auth_token=${token}`, token, expiresAt };
}

/** @throws AppError 403 `l1_not_authorized`, 409 `l1_draining` for one that takes nobody */
function openOnly(server: L1ServerRow | undefined): L1ServerRow {
  if (server === undefined || server.status === 'disabled') throw l1NotAuthorized();
  if (server.status === 'draining') throw l1Draining();
  return server;
}
