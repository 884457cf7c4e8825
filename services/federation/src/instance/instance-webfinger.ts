import type { LocalUrls } from '../urls.ts';

/** Whether a WebFinger resource means the server itself: `acct:host@host`, `acct:actor@host`, or the URL of its actor. */
export function namesInstance({ host, instance }: LocalUrls, resource: string): boolean {
  if (resource === instance) return true;
  const account = resource.toLowerCase();
  return account === `acct:${host}@${host}` || account === `acct:actor@${host}`;
}

/** The JSON Resource Descriptor of the instance actor (RFC 7033). */
export function instanceDescriptor({ host, instance: href }: LocalUrls): Record<string, unknown> {
  const links = [{ rel: 'self', type: 'application/activity+json', href }];
  return { subject: `acct:${host}@${host}`, aliases: [href], links };
}
