import { signRequest, type SignatureScheme } from '@artdag/http-signatures';
import { SafeFetchError, type SafeFetch } from '@artdag/safe-fetch';
import { KeyChanged, type InstanceSigner } from '../instance/instance-signer.ts';
import type { Outcome, Revocation } from './revocation.ts';

export interface CallL1Deps {
  safeFetch: SafeFetch;
  signer: InstanceSigner;
  /** Of this L2: the L1 knows by it whose token it was. */
  publicUrl: string;
  now: () => Date;
  /** Milliseconds of a clock that never jumps. */
  elapsedMs: () => number;
}

const TIMEOUT_MS = 5_000;
/** Until identity is there. */
const WAIT_MS = 5_000;
/** What an L1 answers that has no `/auth/revoke`, or does not take what we say there. */
const FALL_BACK_ON = new Set([404, 405, 422]);
/** What servers answer to a signature that they cannot read or do not believe. */
const KNOCK_AGAIN_ON = new Set([400, 401, 403]);
/** After so long an L1 is asked nothing more: with the last request, its signature included, the attempt then ends within the lease of the call. */
const LAST_REQUEST_MS = 20_000;
/** A key that changes this often between look-up and signature is a fault, not a rotation. */
const MAX_COMPOSITIONS = 3;

/** Nothing could be signed: not the L1's fault. */
class NotSigned extends Error {
  override readonly name = 'NotSigned';
}

/**
 * Tells an L1 that a token is dead (art-dag-l2.md §9): `POST {l1}/auth/revoke`, or, where that is not known, or the token is not, `POST {l1}/auth/revoke-user`.
 * Never rejects.
 */
export async function callL1(deps: CallL1Deps, call: Revocation): Promise<Outcome> {
  const begunAt = deps.elapsedMs();
  const answers: string[] = [];
  const send = async (path: string, body: Buffer, scheme: SignatureScheme): Promise<number> => {
    if (deps.elapsedMs() - begunAt > LAST_REQUEST_MS) throw new Error('no time was left to ask again');
    const status = await sendSigned(deps, { scheme, url: `${call.l1Url}${path}`, body });
    answers.push(`${path} answered ${status}`);
    return status;
  };
  /** Signed by draft-cavage, and once more by RFC 9421 where that is not believed. Answers the last status. */
  const post = async (path: string, content: object): Promise<number> => {
    const body = Buffer.from(JSON.stringify(content));
    const status = await send(path, body, 'draft-cavage');
    return KNOCK_AGAIN_ON.has(status) ? await send(path, body, 'rfc9421') : status;
  };
  try {
    let status = call.tokenHash === null ? 404 : await post('/auth/revoke', tokenBody(deps, call));
    if (FALL_BACK_ON.has(status)) status = await post('/auth/revoke-user', userBody(deps, call));
    if (status >= 200 && status < 300) return { kind: 'done' };
    return { kind: 'failed', reason: `${answers.join(', ')}.` };
  } catch (error) {
    const reason = [...answers, error instanceof Error ? error.message : String(error)].join(', ');
    // What an L1 has been asked for counts as an attempt, whatever became of the next request.
    if (error instanceof SafeFetchError || answers.length > 0) return { kind: 'failed', reason };
    return { kind: 'waiting', reason, waitMs: WAIT_MS };
  }
}

function tokenBody({ publicUrl }: CallL1Deps, { tokenHash, jti, username, reason, revokedAt }: Revocation): object {
  return { token_hash: tokenHash, jti, username, l2_server: publicUrl, reason, ts: revokedAt.toISOString() };
}

/** As it was before there was anything else to say: no more than L1s of that time expect. */
function userBody({ publicUrl }: CallL1Deps, { username }: Revocation): object {
  return { username, l2_server: publicUrl };
}

interface SignedPost {
  scheme: SignatureScheme;
  url: string;
  body: Buffer;
}

/** Answers the status. */
async function sendSigned(deps: CallL1Deps, { scheme, url, body }: SignedPost): Promise<number> {
  const headers = await sign(deps, { scheme, url, body });
  const init = { method: 'POST', headers, body, timeoutMs: TIMEOUT_MS, maxRedirects: 0, discardBody: true };
  return (await deps.safeFetch(url, init)).status;
}

async function sign({ signer, now }: CallL1Deps, request: SignedPost): Promise<Record<string, string>> {
  for (let composition = 1; ; composition += 1) {
    try {
      const keyId = await signer.keyId();
      const headers = { 'content-type': 'application/json' };
      const signing = { method: 'POST', headers, keyId, date: now() };
      return await signRequest({ ...request, ...signing, sign: (bytes) => signer.sign(keyId, bytes) });
    } catch (error) {
      if (error instanceof KeyChanged && composition < MAX_COMPOSITIONS) continue;
      throw new NotSigned(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
}
