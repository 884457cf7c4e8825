import { labelOf, proveKey } from '../../answer-challenge.ts';
import { callApi } from '../../api.ts';
import { callerOf } from '../../caller.ts';
import { ApiError } from '../../cli-error.ts';
import { readPrivateKey } from '../../private-key-file.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';
import type { KeySummary } from './key-summary.ts';

export interface AddKeyOptions {
  label?: string;
  json?: boolean;
}

/** Adds a key of one's own by two proofs: the caller's (a key's signature, or a fresh session), and the new key's. */
export async function addKey(terminal: Terminal, file: string, options: AddKeyOptions): Promise<void> {
  const key = readPrivateKey(file);
  const { server, credential } = await callerOf(terminal);
  const body = { ...(await proveKey(server, key)), label: labelOf(key, options.label) };
  try {
    const added = await callApi<KeySummary>(server, { method: 'POST', path: '/api/auth/keys', body, credential });
    if (options.json) return printJson(terminal, added);
    print(terminal, `Added ${added.key_id} (${added.fingerprint}) at ${server}.`);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'recent_login_required') throw error;
    throw error.inWords(
      'a key is added within 5 minutes of a login. Run artdag login --username NAME again, then this once more.',
    );
  }
}
