import type { LocalUrls } from '../urls.ts';
import { isUsername } from '../urls.ts';

/** The username that a WebFinger resource (RFC 7033) names: `acct:user@host` of our host, or an actor URL of ours. */
export function usernameOfResource(urls: LocalUrls, resource: string): string | undefined {
  // The URL as it is written by rule, whatever the case of its host.
  if (!resource.startsWith('acct:')) return urls.usernameOf(URL.parse(resource)?.href ?? '');
  const at = resource.lastIndexOf('@');
  const username = resource.slice('acct:'.length, at).toLowerCase();
  const host = resource.slice(at + 1).toLowerCase();
  return at > 0 && host === urls.host && isUsername(username) ? username : undefined;
}

/** The JSON Resource Descriptor of a local actor. */
export function resourceDescriptor(urls: LocalUrls, username: string): Record<string, unknown> {
  const href = urls.actor(username);
  return {
    subject: `acct:${username}@${urls.host}`,
    aliases: [href],
    links: [
      { rel: 'self', type: 'application/activity+json', href },
      { rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href },
    ],
  };
}
