import { createHash } from 'node:crypto';
import { KitError } from '../kit-error.ts';
import type { Settings } from '../options.ts';
import type { Session } from '../sessions/session.ts';
import type { L2, L2Answer } from './ask-l2.ts';

export type VerifyTokenDeps = Pick<Settings, 'publicUrl' | 'now'> & { l2: L2 };

/**
 * Asks L2 whether a token is good for this L1 (`POST {l2}/auth/verify`). Resolves to the session that it opens; throws KitError: 401 or 403 when L2 says
 * no, 502 or 503 when it says nothing that counts.
 */
export async function verifyToken(deps: VerifyTokenDeps, l2Server: string, token: string): Promise<Session> {
  const { publicUrl, now, l2 } = deps;
  const asked = now().getTime();
  const answer = await l2.post(l2Server, '/auth/verify', { token, l1_server: publicUrl });
  if (answer.status !== 200) throw refusal(l2Server, answer);
  const session = readSession(answer, l2Server, publicUrl, token);
  if (session === undefined) throw badAnswer(l2Server);
  // Of when it was asked: a revocation may have come in while the answer was on its way.
  return { ...session, verifiedAt: asked };
}

function refusal(l2Server: string, { status, body, retryAfter }: L2Answer): KitError {
  const l2Code = typeof body?.['code'] === 'string' ? body['code'].slice(0, 64) : undefined;
  const headers = { 'retry-after': /^\d{1,6}$/.test(retryAfter ?? '') ? String(retryAfter) : '60' };
  if (l2Code === 'token_revoked')
    return new KitError('token_revoked', 401, `You have logged out at ${l2Server}. Attach there once more.`, {
      l2Code,
    });
  if (status === 401 || status === 403)
    return new KitError(
      'token_refused',
      status,
      `${l2Server} does not let this token in here (${l2Code ?? status}). Attach there once more.`,
      { l2Code },
    );
  if (status === 503 || status === 429)
    return new KitError('l2_unavailable', 503, `${l2Server} cannot say right now. Try again in a minute.`, {
      headers,
      l2Code,
    });
  return badAnswer(l2Server, l2Code);
}

function badAnswer(l2Server: string, l2Code?: string): KitError {
  return new KitError(
    'l2_bad_answer',
    502,
    `${l2Server} gave an answer that makes no sense here. Try again in a minute, and tell whoever runs this server if it stays.`,
    { headers: { 'retry-after': '60' }, l2Code },
  );
}

/** Undefined unless it is all there and about this token, here. */
function readSession(answer: L2Answer, l2Server: string, publicUrl: string, token: string): Session | undefined {
  const body = answer.body ?? {};
  if (body['valid'] !== true || body['l1_server'] !== publicUrl || body['l2_server'] !== l2Server) return undefined;
  const { username, actor_id: actorId, display_name: displayName, jti, scopes } = body;
  const issuedAt = Date.parse(String(body['issued_at']));
  const expiresAt = Date.parse(String(body['expires_at']));
  if (!isText(username) || !isText(actorId) || !isText(jti) || Number.isNaN(issuedAt) || Number.isNaN(expiresAt))
    return undefined;
  return {
    token,
    tokenHash: createHash('sha256').update(token).digest('hex'),
    jti,
    username,
    actorId,
    displayName: isText(displayName) ? displayName : username,
    l2Server,
    scopes: Array.isArray(scopes) ? scopes.filter(isText) : [],
    issuedAt,
    expiresAt,
    verifiedAt: 0,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 512;
}
