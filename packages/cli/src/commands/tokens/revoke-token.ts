import { callAsUser } from '../../call-as-user.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface RevokeTokenOptions {
  json?: boolean;
}

/** Ends a scoped token or an API key, by its id. */
export async function revokeToken(terminal: Terminal, id: string, options: RevokeTokenOptions): Promise<void> {
  const folder = id.startsWith('tok_') ? '/v1/tokens' : '/auth/api-keys';
  await callAsUser(terminal, { method: 'DELETE', path: `${folder}/${encodeURIComponent(id)}`, isRepeatable: true });
  if (options.json) return printJson(terminal, { status: 'revoked', id });
  print(terminal, `Revoked ${id}. Nobody accepts it any more.`);
}
