import { callApi } from '../../api.ts';
import { callerOf, handleOf, type Caller } from '../../caller.ts';
import { ApiError, CliError } from '../../cli-error.ts';
import { findConfig, forgetConfig, isKeyLogin } from '../../client-config.ts';
import { confirm } from '../../confirm.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';
import { fetchKeys, isLive, keysPath, type KeySummary } from './key-summary.ts';

export interface RevokeKeyOptions {
  yes?: boolean;
  json?: boolean;
}

/** Revokes one of the caller's keys, by its id or the beginning of its fingerprint. */
export async function revokeKey(terminal: Terminal, named: string, options: RevokeKeyOptions): Promise<void> {
  const caller = await callerOf(terminal);
  const handle = await handleOf(terminal, caller);
  const keys = await fetchKeys(caller, handle);
  const key = find(keys, named);
  const danger = dangerOf(caller, keys, key);
  if (danger !== undefined && !options.yes) await confirm(terminal, `${danger} Revoke it?`);
  await revoke(caller, `${keysPath(handle)}/${encodeURIComponent(key.key_id)}`, isInUse(caller, key));
  const { key_id, fingerprint } = key;
  const isLogin = isKeyOfLogin(terminal, caller, key);
  if (isLogin) forgetConfig(terminal.env);
  if (options.json) return printJson(terminal, { status: 'revoked', key_id, fingerprint, logged_out: isLogin });
  print(terminal, `Revoked ${key_id} (${fingerprint}) at ${caller.server}.`);
  if (isLogin) print(terminal, 'It was the key of your login, so you are logged out.');
}

function isKeyOfLogin({ env }: Terminal, { server }: Caller, { fingerprint }: KeySummary): boolean {
  const config = findConfig(env);
  return !!config && isKeyLogin(config) && config.server === server && config.fingerprint === fingerprint;
}

function find(keys: KeySummary[], named: string): KeySummary {
  const byId = keys.find(({ key_id }) => key_id === named);
  if (byId) return byId;
  const prefix = named.toLowerCase().replace(/^sha256:/, '');
  if (!/^[0-9a-f]{6,64}$/.test(prefix)) {
    throw new CliError(
      `there is no key ${named}. Name it by its id or at least 6 digits of its fingerprint; see: artdag keys list`,
    );
  }
  const matching = keys.filter(({ fingerprint }) => fingerprint.startsWith(`sha256:${prefix}`));
  const [key] = matching;
  if (!key) throw new CliError(`there is no key ${named}. See: artdag keys list`);
  if (matching.length > 1)
    throw new CliError(`${matching.length} keys begin with ${named}. Give more digits, or the id.`);
  return key;
}

function isInUse({ credential }: Caller, { fingerprint }: KeySummary): boolean {
  return credential.kind === 'msign' && credential.key.fingerprint === fingerprint;
}

/** What the caller loses with the key; undefined when there is another way in. */
function dangerOf(caller: Caller, keys: KeySummary[], key: KeySummary): string | undefined {
  const live = keys.filter((one) => isLive(one, new Date()));
  const isLast = live.length === 1 && live[0]?.key_id === key.key_id;
  if (isLast) return 'This is your last key: without another login, only an operator can let you in again.';
  return isInUse(caller, key) ? 'This is the key that you are using.' : undefined;
}

async function revoke({ server, credential }: Caller, path: string, inUse: boolean): Promise<void> {
  try {
    await callApi(server, { method: 'DELETE', path, credential, isRepeatable: true });
  } catch (error) {
    // The answer to the first try was lost, and the key can sign no second one.
    if (!(inUse && error instanceof ApiError && error.code === 'key_revoked')) throw error;
  }
}
