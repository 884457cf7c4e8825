import { SafeFetchError, type SafeFetch, type SafeFetchInit } from '@artdag/safe-fetch';
import { isJsonObject } from '../remote-actors/remote-actor.ts';
import { handleText, type Handle } from './handle.ts';
import { targetNotFound, targetUnreachable } from './target-errors.ts';

export interface HandleDeps {
  safeFetch: SafeFetch;
  /** How this installation is reached itself, and so the others that it meets. */
  publicScheme: 'https' | 'http';
}

/** A link of a JSON Resource Descriptor, unchecked. */
export type ResourceLink = Record<string, unknown>;

const ACCEPT = 'application/jrd+json, application/json;q=0.9';
const MAX_BYTES = 64 * 1024;
/** Hosts may keep their accounts under another name; each hop is vetted. */
const MAX_REDIRECTS = 2;

/**
 * What an account's host says of it by WebFinger (RFC 7033): its links, none where there is no descriptor.
 * Throws AppError 404 `target_not_found`, 422 `target_unreachable`.
 */
export async function askWebFinger(
  { safeFetch, publicScheme }: HandleDeps,
  handle: Handle,
  o: Pick<SafeFetchInit, 'timeoutMs'> = {},
): Promise<ResourceLink[]> {
  const resource = encodeURIComponent(`acct:${handleText(handle)}`);
  const url = `${publicScheme}://${handle.host}/.well-known/webfinger?resource=${resource}`;
  const init = { ...o, accept: ACCEPT, maxBytes: MAX_BYTES, maxRedirects: MAX_REDIRECTS };
  const answer = await safeFetch(url, init).catch((error: unknown) => {
    if (error instanceof SafeFetchError) throw targetUnreachable(`its host did not answer (${error.code})`, error);
    throw error;
  });
  if (answer.status === 404 || answer.status === 410) throw targetNotFound();
  if (answer.status !== 200) throw targetUnreachable(`its host answered ${answer.status} to WebFinger`);
  return linksOf(answer.body);
}

function linksOf(body: Buffer): ResourceLink[] {
  try {
    const document: unknown = JSON.parse(body.toString());
    const links: unknown = isJsonObject(document) ? document['links'] : undefined;
    return Array.isArray(links) ? links.filter(isJsonObject) : [];
  } catch {
    return [];
  }
}
