import type { L2 } from '../l2/ask-l2.ts';
import { revoke, type RevokeDeps } from '../revocations/revoke.ts';
import type { Settings } from '../options.ts';

export interface SignOutDeps extends RevokeDeps, Pick<Settings, 'publicUrl' | 'now'> {
  l2: L2;
}

/** Ends a session here at once, and tells L2 that its token is dead. An L2 that is away changes nothing about the first. */
export async function signOut(deps: SignOutDeps, secret: string): Promise<void> {
  const session = await deps.sessions.find(secret);
  if (session === undefined) return;
  const { l2Server, username, jti, tokenHash, token } = session;
  await revoke(deps, { l2Server, username, jti, tokenHash, reason: 'logout', at: deps.now() });
  await deps.sessions.end(secret);
  try {
    const { status } = await deps.l2.post(l2Server, '/auth/revoke', { token, l1_server: deps.publicUrl });
    if (status !== 200) throw new Error(`${l2Server}/auth/revoke answered ${status}.`);
  } catch (error) {
    deps.onError(error);
  }
}
