import type { Credential } from './credential.ts';
import type { Problem } from './problem.ts';
import { signatureWords } from './signature-words.ts';

export const sessionEnded = 'your session has ended. Run: artdag login';
const keyNeeded = 'you have a key already, and this has to be signed with it. Run: artdag login --key FILE';

const titles = { api_key: 'the API key', bearer: 'your session', msign: 'the key' };

/** The server's own words; a validation error becomes one line per field. */
export function describe(status: number, problem: Problem): string {
  if (Array.isArray(problem.detail)) {
    return problem.detail
      .map(({ loc, msg }: { loc?: unknown[]; msg?: string }) => `${(loc ?? []).join('.')}: ${msg}`)
      .join('; ');
  }
  if (typeof problem.detail === 'string') return problem.code ? `${problem.detail} (${problem.code})` : problem.detail;
  return `the server answered ${status}.`;
}

/** Why a call was refused and what to do, in one line. */
export function wordsFor(
  o: { server: string; status: number; credential: Credential | undefined; problem: Problem },
  now: Date,
): string {
  const { server, status, credential, problem } = o;
  if (problem.code === 'session_required') return `${describe(status, problem)} Run: artdag login --username NAME`;
  if (problem.code === 'insufficient_scope' && credential) {
    return `${titles[credential.kind]} may not do this (insufficient_scope). What it may: artdag whoami --json`;
  }
  if (status !== 401 || credential === undefined) return describe(status, problem);
  if (credential.kind === 'api_key') return 'the API key is not accepted. It may be mistyped, expired or deleted.';
  if (credential.kind === 'bearer') return problem.code === 'msign_required' ? keyNeeded : sessionEnded;
  return signatureWords({ server, signer: credential, problem }, now) ?? describe(status, problem);
}
