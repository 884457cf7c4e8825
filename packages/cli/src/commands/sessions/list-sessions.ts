import { callAsUser } from '../../call-as-user.ts';
import { formatTable } from '../../format.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';

export interface ListSessionsOptions {
  json?: boolean;
}

interface Session {
  id: string;
  last_activity_at: string;
  expires_at: string;
  ip: string | null;
  user_agent: string | null;
  method: string;
  current: boolean;
}

/** Lists the account's live sessions. */
export async function listSessions(terminal: Terminal, options: ListSessionsOptions): Promise<void> {
  const { sessions } = await callAsUser<{ sessions: Session[] }>(terminal, { path: '/auth/sessions' });
  if (options.json) return printJson(terminal, { sessions });
  const rows = sessions.map((one) => [
    one.id,
    one.method,
    one.ip ?? '',
    visible(one.user_agent ?? ''),
    one.last_activity_at,
    one.current ? 'this one' : `until ${one.expires_at}`,
  ]);
  print(terminal, formatTable([['SESSION', 'BY', 'FROM', 'WITH', 'LAST USED', 'STATE'], ...rows]));
}
