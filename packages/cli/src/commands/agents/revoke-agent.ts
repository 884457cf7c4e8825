import { callAsUser } from '../../call-as-user.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface RevokeAgentOptions {
  json?: boolean;
}

/** Ends an agent of the caller's, with all of its keys. */
export async function revokeAgent(terminal: Terminal, handle: string, options: RevokeAgentOptions): Promise<void> {
  const path = `/api/identities/agent/${encodeURIComponent(handle)}`;
  await callAsUser(terminal, { method: 'DELETE', path, isRepeatable: true });
  if (options.json) return printJson(terminal, { status: 'revoked', handle });
  print(terminal, `Ended the agent ${handle}, and its keys.`);
}
