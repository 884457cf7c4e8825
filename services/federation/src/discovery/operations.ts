import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';

const count = z.int().min(0);

const nodeInfo = z
  .object({
    version: z.literal('2.1'),
    software: z.object({ name: z.string(), version: z.string(), repository: z.string().optional() }),
    protocols: z.array(z.literal('activitypub')),
    services: z.object({ inbound: z.array(z.string()), outbound: z.array(z.string()) }),
    openRegistrations: z.boolean(),
    usage: z.object({
      users: z.object({ total: count, activeHalfyear: count, activeMonth: count }),
      localPosts: count,
    }),
    metadata: z.object({}),
  })
  .meta({
    id: 'NodeInfo',
    description: 'http://nodeinfo.diaspora.software/ns/schema/2.1. An active user has published something.',
  });

const links = z.object({ links: z.array(z.object({ rel: z.string(), href: z.url() })) }).meta({ id: 'NodeInfoLinks' });

const hostMeta = z
  .object({ links: z.array(z.object({ rel: z.string(), type: z.string(), template: z.string() })) })
  .meta({ id: 'HostMeta', description: 'RFC 6415.' });

const of = { method: 'GET', tag: 'federation', auth: 'public' } as const;

/** How other servers find out what this one is. */
export const discoveryOperations: readonly Operation[] = [
  describeRoute({
    ...of,
    path: '/.well-known/host-meta',
    id: 'getHostMeta',
    summary: 'Where WebFinger is (RFC 6415)',
    answers: {
      200: {
        description: 'XRD, or JRD to who likes JSON better.',
        body: hostMeta,
        mediaTypes: ['application/xrd+xml', 'application/jrd+json'],
      },
    },
  }),
  describeRoute({
    ...of,
    path: '/.well-known/host-meta.json',
    id: 'getHostMetaJson',
    summary: 'Where WebFinger is, as JRD',
    answers: { 200: { description: 'JRD.', body: hostMeta, mediaTypes: ['application/jrd+json'] } },
  }),
  describeRoute({
    ...of,
    path: '/.well-known/nodeinfo',
    id: 'findNodeInfo',
    summary: 'Where NodeInfo is',
    answers: { 200: { description: 'One link.', body: links } },
  }),
  describeRoute({
    ...of,
    path: '/nodeinfo/2.1',
    id: 'getNodeInfo',
    summary: 'What this server is and how much it is used (NodeInfo 2.1)',
    answers: { 200: { description: 'Its numbers are up to ten minutes old.', body: nodeInfo } },
  }),
];
