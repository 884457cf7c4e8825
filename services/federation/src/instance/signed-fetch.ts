import { signRequest } from '@artdag/http-signatures';
import { SafeFetchError, type SafeFetch, type SafeFetchInit, type SafeFetchResponse } from '@artdag/safe-fetch';
import type { Logger } from '@artdag/service-kit';
import { signingKey, type ActorKey } from '../actors/actor-keys.ts';
import { SigningRefused, type Sign } from '../deliveries/batch-signer.ts';
import { hostOf } from '../deliveries/delivery.ts';
import { knockTwice, type Knock, type Signed } from '../remote-hosts/knock-twice.ts';
import type { SchemeMemory } from '../remote-hosts/scheme-memory.ts';
import { instanceActorId, type InstanceKeys } from './instance-keys.ts';

export interface SignedFetchDeps {
  safeFetch: SafeFetch;
  schemes: SchemeMemory;
  sign: Sign;
  instanceKeys: InstanceKeys;
  logger: Logger;
  now: () => Date;
}

/** Of both knocks together: whoever sent us there waits no longer than for one. */
const TIMEOUT_MS = 10_000;

/**
 * GETs signed by the instance actor, in either scheme. A redirect is refused, as a signature is for one URL. When nothing can be signed, the request goes out unsigned: most servers answer it, and receiving shall not depend on identity.
 * Rejects with SafeFetchError.
 */
export function createSignedFetch(deps: SignedFetchDeps): SafeFetch {
  return async (url, { accept, timeoutMs = TIMEOUT_MS, ...init } = {}) => {
    const end = performance.now() + timeoutMs;
    const shown = accept === undefined ? {} : { accept };
    let answer: SafeFetchResponse | undefined;
    const send = async (headers: Record<string, string>): Promise<SafeFetchResponse> => {
      const left: SafeFetchInit = {
        ...init,
        maxRedirects: 0,
        timeoutMs: Math.max(1, Math.round(end - performance.now())),
      };
      answer = await deps.safeFetch(url, { ...left, headers });
      return answer;
    };
    try {
      const sign = (knock: Knock): Promise<Signed> => signGet(deps, url, shown, knock);
      return (await knockTwice(deps.schemes, { host: hostOf(url).toLowerCase(), method: 'GET', sign, send })).answer;
    } catch (error) {
      if (error instanceof SafeFetchError) throw error;
      deps.logger.warn('a fetch could not be signed', { url, error });
      return answer ?? send(shown);
    }
  };
}

async function signGet(
  { instanceKeys, sign, now }: SignedFetchDeps,
  url: string,
  headers: Record<string, string>,
  knock: Knock,
): Promise<Signed> {
  const signBy = async (keys: readonly ActorKey[]): Promise<Signed> => {
    const keyId = signingKey(keys)?.key_id;
    if (keyId === undefined) throw new SigningRefused({ code: 'unknown_actor', status: 404 });
    const by = { actorId: instanceActorId, keyId, farewell: false };
    const request = { ...knock, method: 'GET', url, headers, keyId, date: now() };
    return { headers: await signRequest({ ...request, sign: (bytes) => sign(by, bytes) }), keyId };
  };
  try {
    return await signBy(await instanceKeys.present());
  } catch (error) {
    if (!(error instanceof SigningRefused) || error.code !== 'key_changed') throw error;
    return signBy(await instanceKeys.renew());
  }
}
