import { callerOf } from '../../caller.ts';
import { formatTable } from '../../format.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import { fetchApiKeys, fetchTokens, type ApiKey, type ScopedToken } from './tokens.ts';

export interface ListTokensOptions {
  all?: boolean;
  json?: boolean;
}

/** Lists the caller's scoped tokens and API keys; those that have ended only when they are asked for. */
export async function listTokens(terminal: Terminal, options: ListTokensOptions): Promise<void> {
  const caller = await callerOf(terminal);
  const now = new Date();
  const isWanted = (row: { state: string }): boolean => options.all === true || !row.state.startsWith('ended');
  const apiKeys = (await fetchApiKeys(caller)).filter((key) => isWanted(keyState(key, now)));
  const tokens = (await fetchTokens(caller))?.filter((token) => isWanted(tokenState(token, now))) ?? null;
  if (options.json) return printJson(terminal, { tokens, api_keys: apiKeys });
  const rows = [
    ...(tokens ?? []).map((token) => [token.id, 'token', visible(token.label), ...shown(tokenState(token, now))]),
    ...apiKeys.map((key) => [key.id, key.key_preview, visible(key.description), ...shown(keyState(key, now))]),
  ];
  if (rows.length > 0) print(terminal, formatTable([['ID', 'KIND', 'LABEL', 'CAN', 'LAST USED', 'STATE'], ...rows]));
  else print(terminal, 'You have none. Make one with: artdag tokens new LABEL --scope SCOPE (--kind api-key)');
  if (tokens === null) print(terminal, 'Tokens are shown to a session only: artdag login --username NAME');
}

interface State {
  can: string;
  used: string | null;
  state: string;
}

function shown({ can, used, state }: State): string[] {
  return [can, used ?? 'never', state];
}

function tokenState({ scopes, last_used_at: used, expires_at, revoked_at }: ScopedToken, now: Date): State {
  return { can: scopes.join(' '), used, state: stateOf(revoked_at, expires_at, now) };
}

function keyState({ last_used: used, expires_at, is_active }: ApiKey, now: Date): State {
  return { can: '', used, state: is_active ? stateOf(null, expires_at, now) : 'ended' };
}

function stateOf(endedAt: string | null, expiresAt: string | null, now: Date): string {
  if (endedAt !== null) return `ended ${endedAt}`;
  if (expiresAt === null) return 'for good';
  return Date.parse(expiresAt) <= now.getTime() ? `ended ${expiresAt}` : `until ${expiresAt}`;
}
