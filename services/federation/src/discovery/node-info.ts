import { version } from '@artdag/service-kit';
import type { Usage } from './usage.repository.ts';

/** What `rel` and `profile` call the schema: a name, which nobody fetches. */
const schemaName = 'http://nodeinfo.diaspora.software/ns/schema/2.1';

/** Of `GET /nodeinfo/2.1`: the media type that the NodeInfo protocol asks for. */
export const nodeInfoType = `application/json; profile="${schemaName}#"; charset=utf-8`;

/** `/.well-known/nodeinfo`: where the NodeInfo of this server is. */
export function nodeInfoLinks(publicUrl: string): Record<string, unknown> {
  return { links: [{ rel: schemaName, href: `${publicUrl}/nodeinfo/2.1` }] };
}

/** NodeInfo 2.1. Who makes an account needs nobody's leave, so registrations are open. */
export function nodeInfo(usage: Usage, repository: string | undefined): Record<string, unknown> {
  const { total, activeHalfyear, activeMonth, localPosts } = usage;
  return {
    version: '2.1',
    software: { name: 'art-dag-l2', version, ...(repository !== undefined && { repository }) },
    protocols: ['activitypub'],
    services: { inbound: [], outbound: [] },
    openRegistrations: true,
    usage: { users: { total, activeHalfyear, activeMonth }, localPosts },
    metadata: {},
  };
}
