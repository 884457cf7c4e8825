import { callAsUser } from '../../call-as-user.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface WhoamiOptions {
  json?: boolean;
}

interface Me {
  username: string;
  actor_id: string;
  actor_type: string;
  memberships: { microdao_id: string; role: string }[];
  auth: { method: string; expires_at: string | null };
}

/** Says who the server takes this command's user for. */
export async function whoami(terminal: Terminal, options: WhoamiOptions): Promise<void> {
  const me = await callAsUser<Me>(terminal, { path: '/auth/me' });
  if (options.json) return printJson(terminal, me);
  print(terminal, `${me.username} (${me.actor_type}, ${me.actor_id})`);
  for (const { microdao_id, role } of me.memberships) print(terminal, `  ${role} of ${microdao_id}`);
  if (me.auth.expires_at) print(terminal, `  until ${me.auth.expires_at}`);
}
