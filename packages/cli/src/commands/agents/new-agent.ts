import { proveKey } from '../../answer-challenge.ts';
import { callApi } from '../../api.ts';
import { callerOf } from '../../caller.ts';
import { parseDuration } from '../../duration.ts';
import { readPrivateKey } from '../../private-key-file.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface NewAgentOptions {
  key: string;
  can: string[];
  ttl: string;
  model?: string;
  displayName?: string;
  json?: boolean;
}

interface CreatedAgent {
  identity: { handle: string };
  key: { key_id: string };
  expires_at: string;
}

/** Makes an agent of the caller's, which acts by its own key within the given scopes until its time is over. */
export async function newAgent(terminal: Terminal, handle: string, options: NewAgentOptions): Promise<void> {
  const key = readPrivateKey(options.key);
  const ttl_seconds = parseDuration(options.ttl);
  const { server, credential } = await callerOf(terminal);
  const body = {
    handle,
    capabilities: options.can,
    ttl_seconds,
    ...(options.model === undefined ? {} : { agent_model: options.model }),
    ...(options.displayName === undefined ? {} : { display_name: options.displayName }),
    ...(await proveKey(server, key)),
  };
  const made = await callApi<CreatedAgent>(server, { method: 'POST', path: '/api/identities/agent', body, credential });
  if (options.json) return printJson(terminal, made);
  const name = made.identity.handle;
  print(terminal, `Made the agent ${name} (${made.key.key_id}) at ${server}, until ${made.expires_at}.`);
  print(terminal, `It calls with: artdag request GET /auth/me --server ${server} --handle ${name} --key ${key.path}`);
}
