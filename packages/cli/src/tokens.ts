import { callApi } from './api.ts';
import { ApiError, CliError } from './cli-error.ts';
import { isSessionLogin, readConfig, writeConfig, type SessionLogin } from './client-config.ts';
import { sessionEnded } from './refusal-words.ts';
import type { Terminal } from './terminal.ts';

/** What logging in and refreshing have in common. */
export interface TokenAnswer {
  access_token?: string;
  /** Seconds. */
  expires_in?: number;
  refresh_token?: string;
}

/** A token that ends while the call is under way is no use. */
const leewayMs = 30_000;

/** As they are remembered. */
export function tokensOf(
  { access_token, expires_in, refresh_token }: TokenAnswer,
  nowMs: number,
): Pick<SessionLogin, 'access_token' | 'access_expires_at' | 'refresh_token'> {
  return {
    ...(access_token === undefined || expires_in === undefined
      ? {}
      : { access_token, access_expires_at: new Date(nowMs + expires_in * 1000).toISOString() }),
    ...(refresh_token === undefined ? {} : { refresh_token }),
  };
}

/**
 * The token for the next call: the access token, a new one when it has ended, or the session's own where the server
 * gave no other.
 *
 * @throws CliError with exit code 2 when the session has ended
 */
export async function currentToken(terminal: Terminal, config: SessionLogin): Promise<string> {
  return liveAccessToken(config) ?? (await refreshed(terminal, config)) ?? config.session_token;
}

function liveAccessToken({ access_token, access_expires_at = '' }: SessionLogin): string | undefined {
  return Date.parse(access_expires_at) - leewayMs > Date.now() ? access_token : undefined;
}

async function refreshed(terminal: Terminal, config: SessionLogin): Promise<string | undefined> {
  const { server, refresh_token } = config;
  if (refresh_token === undefined) return undefined;
  try {
    const answer = await callApi<TokenAnswer>(server, {
      method: 'POST',
      path: '/auth/refresh',
      body: { refresh_token },
      // Shown again at once by the same client, a refresh token gets the same successor (actor-sessions.md §8).
      isRepeatable: true,
    });
    writeConfig(terminal.env, { ...config, ...tokensOf(answer, Date.now()) });
    return answer.access_token;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) throw error;
    // Another artdag may have refreshed in the meantime.
    const latest = readConfig(terminal.env);
    const isOld = !isSessionLogin(latest) || latest.refresh_token === refresh_token;
    const token = isOld ? undefined : liveAccessToken(latest);
    if (token === undefined) throw new CliError(sessionEnded, 2, 'session_ended');
    return token;
  }
}
