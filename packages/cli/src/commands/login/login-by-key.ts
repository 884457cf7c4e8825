import { answerChallenge, labelOf, requestChallenge } from '../../answer-challenge.ts';
import { callApi } from '../../api.ts';
import { ApiError, CliError } from '../../cli-error.ts';
import { writeConfig } from '../../client-config.ts';
import { readPrivateKey, type PrivateKeyFile } from '../../private-key-file.ts';
import { serverOrigin } from '../../server-origin.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface KeyLoginOptions {
  server: string;
  key: string;
  handle?: string;
  displayName?: string;
  label?: string;
  json?: boolean;
}

interface Verified {
  handle: string;
  is_new_identity: boolean;
  key: { key_id: string; fingerprint: string; expires_at?: string | null };
}

/** Proves a key to the server, which registers its handle when the key is new, and remembers to sign with it from now on. */
export async function loginByKey(terminal: Terminal, options: KeyLoginOptions): Promise<void> {
  const server = serverOrigin(options.server);
  const key = readPrivateKey(options.key);
  const verified = await verify(server, key, options);
  const { handle, is_new_identity } = verified;
  const { key_id, fingerprint } = verified.key;
  writeConfig(terminal.env, { server, username: handle, key: key.path, key_id, fingerprint });
  warnOfOtherHandle(terminal, options.handle, handle);
  const { expires_at = null } = verified.key;
  if (options.json) {
    const said = { server, username: handle, method: 'key', expires_at };
    return printJson(terminal, { ...said, key_id, fingerprint, is_new_identity });
  }
  if (is_new_identity)
    print(terminal, `Registered ${handle} at ${server}: a new identity, which this key now speaks for.`);
  print(terminal, `Logged in to ${server} as ${handle}. Every call is signed with ${key.path} (${key_id}).`);
}

function warnOfOtherHandle({ stderr }: Terminal, wanted: string | undefined, handle: string): void {
  if (wanted === undefined || wanted.toLowerCase() === handle) return;
  stderr.write(`artdag: this key is already that of ${handle}, so --handle ${wanted} was not used.\n`);
}

async function verify(server: string, key: PrivateKeyFile, options: KeyLoginOptions): Promise<Verified> {
  const { challenge_token, is_new_key } = await requestChallenge(server, key);
  if (is_new_key && options.handle === undefined) {
    throw new CliError(`${server} does not know this key. To register with it, give the name you want: --handle NAME`);
  }
  const body = {
    ...answerChallenge(server, challenge_token, key),
    ...(is_new_key ? { ...registration(options), label: labelOf(key, options.label) } : {}),
  };
  try {
    return await callApi<Verified>(server, { method: 'POST', path: '/api/auth/verify', body });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'key_revoked') throw error;
    throw error.inWords(`${key.path} was revoked at ${server} and stays so. Make another with: artdag keys new`, 2);
  }
}

function registration({ handle, displayName }: KeyLoginOptions): Record<string, string | undefined> {
  return { handle, ...(displayName === undefined ? {} : { display_name: displayName }) };
}
