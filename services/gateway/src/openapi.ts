import { describeRoute, type DocumentHead, type Operation, type Readiness, version } from '@artdag/service-kit';
import { z } from 'zod';
import type { ServerInfo } from './info/server-info.ts';

/** What the description of the whole API begins with. */
export const documentHead: DocumentHead = {
  title: 'Art DAG L2',
  version,
  description:
    'An ownership registry for media: signed, timestamped, publicly auditable claims that the fediverse can follow. ' +
    'Every answer from status 400 has a stable `code`; every answer has `X-Request-Id`. Any operation may also answer ' +
    '400 `invalid_path` or `credential_in_query`, 401 for a credential that was sent and is not good, 500 ' +
    '`internal_error`, and 503 `dependency_unavailable` with `Retry-After`.',
  tags: [
    { name: 'accounts', description: 'Registering, signing in, and who one is.' },
    { name: 'keys', description: 'Public keys: signing in without a password, and whose requests they sign.' },
    { name: 'identities', description: 'People, organisations and agents.' },
    { name: 'assets', description: 'Works and who registered them.' },
    { name: 'claims', description: 'The signed activities, and what they say.' },
    { name: 'log', description: 'The transparency log, as C2SP has it.' },
    { name: 'storage', description: 'Where copies of works are, and whether they are still there.' },
    { name: 'anchors', description: 'The log in the Bitcoin chain, by OpenTimestamps.' },
    { name: 'federation', description: 'ActivityPub.' },
    { name: 'rendering', description: 'Rendering servers (L1).' },
    { name: 'server', description: 'The server itself.' },
  ],
  securitySchemes: {
    credential: {
      type: 'http',
      scheme: 'bearer',
      description:
        'The `access_token` or the `session_token` of `POST /auth/register` or `POST /auth/login`; or, instead of Bearer, ' +
        '`MSign handle="…" ts=<unix seconds> sig="<base64url>"`: an Ed25519 signature of this very request over `ed25519`, the method, ' +
        'the host, path and query, `ts`, and `sha256:` with the hex SHA-256 of the body, joined by line feeds.',
    },
    signature: {
      type: 'apiKey',
      in: 'header',
      name: 'Signature',
      description:
        "HTTP Signature (draft-cavage, rsa-sha256) by the actor's key over `(request-target)`, `host`, `date` and `digest`.",
    },
  },
};

const serverInfo = z.object({
  name: z.string(),
  version: z.string(),
  domain: z.string(),
  default_user: z.string(),
  assets: z.number().int().nullable(),
  activities: z.number().int().nullable(),
  users: z.number().int().nullable(),
  followers: z.number().int().nullable().meta({ description: 'Of the default user.' }),
  l1_servers: z.array(z.string()).nullable(),
  keys_configured: z.boolean().nullable(),
}) satisfies z.ZodType<ServerInfo>;

const alive = z.object({ status: z.literal('ok'), service: z.string(), version: z.string() });

const readiness = z.object({
  status: z.enum(['ok', 'degraded', 'unavailable']),
  checks: z.record(z.string(), z.enum(['ok', 'failing'])),
  service: z.string(),
}) satisfies z.ZodType<Readiness>;

function ready(path: '/readyz' | '/v1/ready', id: string): Operation {
  const body = readiness.meta({ id: 'Readiness' });
  return describeRoute({
    method: 'GET',
    path,
    id,
    tag: 'server',
    summary: 'Whether it can serve',
    auth: 'public',
    answers: {
      200: { description: 'It can; `degraded` means that not everything works.', body },
      503: { description: 'It cannot, or is about to stop.', body },
    },
  });
}

/** The gateway's own routes, for the API description. */
export const operations: readonly Operation[] = [
  describeRoute({
    method: 'GET',
    path: '/',
    id: 'getServerInfo',
    tag: 'server',
    summary: 'What this server is, and what it holds',
    description: 'Counts are null until their service has answered once. Browsers, which ask for HTML, get a page.',
    auth: 'public',
    answers: { 200: { description: 'At most three seconds old.', body: serverInfo.meta({ id: 'ServerInfo' }) } },
  }),
  describeRoute({
    method: 'GET',
    path: '/openapi.json',
    id: 'getApiDescription',
    tag: 'server',
    summary: 'This description',
    auth: 'public',
    answers: {
      200: {
        description: 'OpenAPI 3.1.',
        body: z.looseObject({ openapi: z.string() }),
        headers: { ETag: 'For `If-None-Match`.' },
      },
      304: { description: 'As it was.' },
    },
  }),
  describeRoute({
    method: 'GET',
    path: '/healthz',
    id: 'getHealth',
    tag: 'server',
    summary: 'Whether the process is up',
    auth: 'public',
    answers: { 200: { description: 'It is.', body: alive.meta({ id: 'Health' }) } },
  }),
  ready('/readyz', 'getReadiness'),
  ready('/v1/ready', 'getReadinessAlias'),
  describeRoute({
    method: 'GET',
    path: '/metrics',
    id: 'getMetrics',
    tag: 'server',
    summary: 'Prometheus metrics, for the addresses that may read them',
    auth: 'public',
    answers: { 200: { description: 'In the text format.', body: z.string(), mediaTypes: ['text/plain'] } },
    errors: { 404: ['not_found'] },
  }),
];
