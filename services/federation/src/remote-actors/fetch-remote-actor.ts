import { SafeFetchError, type SafeFetch } from '@artdag/safe-fetch';
import {
  documentUrl,
  isHttpUrl,
  isJsonObject,
  ownerOfKeyDocument,
  readRemoteActor,
  type RemoteActor,
} from './remote-actor.ts';

/** What is wrong with a remote actor or key. `gone`: its server says 410. */
export class RemoteActorError extends Error {
  override readonly name = 'RemoteActorError';
  readonly gone: boolean;

  constructor(message: string, options?: { gone?: boolean; cause?: unknown }) {
    super(message, options);
    this.gone = options?.gone ?? false;
  }
}

export type FetchRemoteActor = (keyId: string) => Promise<RemoteActor>;

const ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"';
/** Anything else may be somebody's upload on an honest server. */
const CONTENT_TYPES = ['application/activity+json', 'application/ld+json'];
/** A document of that URL: the keyId itself, the actor that it belongs to. */
const MAX_FETCHES = 3;

/**
 * Fetches the actor behind a keyId, which names a part of the actor document, or a document of its own that names its owner. What
 * counts in the end was served by the actor's own URL, on the key's origin. Throws RemoteActorError.
 */
export function createFetchRemoteActor(safeFetch: SafeFetch): FetchRemoteActor {
  return async (keyId) => {
    const { origin } = new URL(keyId);
    let url = documentUrl(keyId);
    for (let fetches = 0; fetches < MAX_FETCHES; fetches += 1) {
      const document = await fetchDocument(safeFetch, url);
      const actor = readRemoteActor(document, url, keyId);
      if (actor !== undefined) return actor;
      const next = ownerOfKeyDocument(document) ?? document['id'];
      if (!isHttpUrl(next) || next === url || new URL(next).origin !== origin) break;
      url = next;
    }
    throw new RemoteActorError(`${documentUrl(keyId)} leads to no actor with an inbox and a key.`);
  };
}

async function fetchDocument(safeFetch: SafeFetch, url: string): Promise<Record<string, unknown>> {
  const response = await get(safeFetch, url);
  if (response.status === 410) throw new RemoteActorError(`${url} answered 410.`, { gone: true });
  if (response.status !== 200) throw new RemoteActorError(`${url} answered ${response.status}, wanted 200.`);
  try {
    const document: unknown = JSON.parse(response.body.toString());
    if (isJsonObject(document)) return document;
  } catch (cause) {
    throw new RemoteActorError(`${url} did not answer with JSON.`, { cause });
  }
  throw new RemoteActorError(`${url} did not answer with a JSON object.`);
}

async function get(safeFetch: SafeFetch, url: string) {
  try {
    return await safeFetch(url, { accept: ACCEPT, contentTypes: CONTENT_TYPES });
  } catch (cause) {
    const message = cause instanceof SafeFetchError ? cause.message : `${url} could not be fetched.`;
    throw new RemoteActorError(message, { cause });
  }
}
