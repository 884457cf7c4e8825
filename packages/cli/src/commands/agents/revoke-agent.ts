import { callAsUser } from '../../call-as-user.ts';
import { print, type Terminal } from '../../terminal.ts';

/** Ends an agent of the caller's, with all of its keys. */
export async function revokeAgent(terminal: Terminal, handle: string): Promise<void> {
  const path = `/api/identities/agent/${encodeURIComponent(handle)}`;
  await callAsUser(terminal, { method: 'DELETE', path, isRepeatable: true });
  print(terminal, `Ended the agent ${handle}, and its keys.`);
}
