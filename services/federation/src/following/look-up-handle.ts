import { SafeFetchError, type SafeFetch } from '@artdag/safe-fetch';
import { isHttpUrl, isJsonObject } from '../remote-actors/remote-actor.ts';
import { handleText, type Handle } from './handle.ts';
import { targetNotFound, targetUnreachable } from './target-errors.ts';

export interface HandleDeps {
  safeFetch: SafeFetch;
  /** How this installation is reached itself, and so the others that it meets. */
  publicScheme: 'https' | 'http';
}

const ACCEPT = 'application/jrd+json, application/json;q=0.9';
const MAX_BYTES = 64 * 1024;
/** Hosts may keep their accounts under another name; each hop is vetted. */
const MAX_REDIRECTS = 2;
const ACTIVITY_TYPE = /^application\/(?:activity\+json|ld\+json)\b/i;

/**
 * The actor URL of an account, asked from its host by WebFinger (RFC 7033).
 * Throws AppError 404 `target_not_found`, 422 `target_unreachable`.
 */
export async function lookUpHandle({ safeFetch, publicScheme }: HandleDeps, handle: Handle): Promise<string> {
  const resource = encodeURIComponent(`acct:${handleText(handle)}`);
  const url = `${publicScheme}://${handle.host}/.well-known/webfinger?resource=${resource}`;
  const answer = await safeFetch(url, { accept: ACCEPT, maxBytes: MAX_BYTES, maxRedirects: MAX_REDIRECTS }).catch(
    (error: unknown) => {
      if (error instanceof SafeFetchError) throw targetUnreachable(`its host did not answer (${error.code})`, error);
      throw error;
    },
  );
  if (answer.status === 404 || answer.status === 410) throw targetNotFound();
  if (answer.status !== 200) throw targetUnreachable(`its host answered ${answer.status} to WebFinger`);
  const actor = actorLink(answer.body);
  if (actor === undefined) throw targetUnreachable('its host names no ActivityPub actor');
  return actor;
}

function actorLink(body: Buffer): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  const links: unknown = isJsonObject(document) ? document['links'] : undefined;
  if (!Array.isArray(links)) return undefined;
  const self = links.find(
    (link) =>
      isJsonObject(link) &&
      link['rel'] === 'self' &&
      typeof link['type'] === 'string' &&
      ACTIVITY_TYPE.test(link['type']),
  ) as Record<string, unknown> | undefined;
  return isHttpUrl(self?.['href']) ? self['href'] : undefined;
}
