import type { Signer } from './credential.ts';
import type { Problem } from './problem.ts';

interface Refusal {
  server: string;
  signer: Signer;
  problem: Problem;
}

const words: Record<string, (refusal: Refusal, now: Date) => string> = {
  bad_signature: ({ server, signer: { handle, key } }) =>
    `${server} does not accept the signature of ${key.path} for ${handle}: the handle is not known there, or the key is not one of its keys. Run: artdag login --key ${key.path}`,
  key_revoked: ({ server, signer: { key } }) =>
    `${key.path} was revoked at ${server} and signs no more. Log in with another key or with your password.`,
  key_expired: ({ server, signer: { key } }) =>
    `${key.path} has expired at ${server}. Log in with another key, or have its owner make a new one.`,
  msign_skew: ({ server, problem }, now) => skewWords(server, problem.server_time, now),
  replayed: () =>
    'the server has had this very request in this second already, and takes it once. Run it again if you mean it twice.',
  msign_host: ({ server }) =>
    `the server is not addressed as ${new URL(server).host}. Give its public address with --server.`,
};

/** What is wrong with a signed request, by the code of its 401; undefined for codes that speak for themselves. */
export function signatureWords(refusal: Refusal, now: Date): string | undefined {
  const { code } = refusal.problem;
  return code === undefined || !Object.hasOwn(words, code) ? undefined : words[code]?.(refusal, now);
}

function skewWords(server: string, serverTime: unknown, now: Date): string {
  const remedy = 'Set the clock (a time service keeps it right) and try again.';
  if (typeof serverTime !== 'number') return `this machine's clock is more than 30 s off that of ${server}. ${remedy}`;
  const behind = Math.round(serverTime - now.getTime() / 1000);
  const direction = behind < 0 ? 'ahead of' : 'behind';
  return `this machine's clock is ${Math.abs(behind)} s ${direction} that of ${server}; 30 s are allowed. ${remedy}`;
}
