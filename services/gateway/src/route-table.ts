import type { RouteLimit } from './limits/buckets.ts';

/** Every route of the public origin. What is not here does not exist from outside. */

export type Upstream = 'auth' | 'identity' | 'asset-registry' | 'federation' | 'l1-bridge' | 'web';

export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `{x}` stands for one non-empty segment. */
  path: string;
  /** Its last `{x}` stands for one or more segments. */
  deep?: true;
  /** Who answers. `gateway` answers itself, by its own Express app. */
  owner: Upstream | 'gateway';
  /** `public`: anybody. `any`: some credential of credentials.md §1. `signature`: the owner checks an HTTP Signature. */
  auth: 'public' | 'any' | 'signature';
  /** Browsers get this path's page from web instead (art-dag-l2.md §6), which asks strangers to log in where `auth` wants somebody. */
  page?: true;
  /** The page of web whose forms are sent here. Who sends one without a session is led to the login, and back to that page. */
  formOf?: string;
  /**
   * The owner reads the raw `Authorization`, `X-API-Key` and `Cookie` itself: they are about to be made or ended. Signed requests (MSign) are
   * resolved all the same, and come to it with the assertion only.
   */
  credentials?: 'owner';
  /** The owner has a form there and refuses other sites itself, as the form's `_csrf` is in the body. */
  csrf?: 'owner';
  /** Takes a token of an L1 as well: its owner compares the token's `l1_server` with what is asked for. */
  l1Tokens?: true;
  /** Its last segment is a name that `{x}` of another route stands for, too: other methods are that route's. */
  alsoName?: true;
  /** A bucket of its own (credentials.md §6); `none` keeps it out of all. */
  limit?: RouteLimit;
  /** Default: the configured `maxBodyBytes`. */
  maxBodyBytes?: number;
  /** How long the owner may take to begin its answer, and between any two bytes of it. Default: the configured `upstreamTimeoutMs`. */
  answerMs?: number;
}

const inboxBytes = 256 * 1024;
/** What auth reads, and what a form of web holds. */
const smallBytes = 16 * 1024;
const small = { maxBodyBytes: smallBytes } as const;
const raw = { credentials: 'owner' } as const;
/** 10,000 lines of 16 KiB with their ends. The answer may be held until the request has been read, for which Node leaves two minutes. */
const batch = { maxBodyBytes: 10_000 * (16 * 1024 + 2), answerMs: 180_000 } as const;
/** An L1 may take half a minute for a run. */
const recordRun = { limit: 'record-run', answerMs: 60_000, l1Tokens: true, alsoName: true, ...small } as const;
const ofRenderers = { formOf: '/renderers', ...small } as const;
const form = { csrf: 'owner', maxBodyBytes: smallBytes } as const;
/** The longest texts that a claim can have, percent-encoded, take twelve bytes for a character, and its metadata may be indented. */
const claimForm = { csrf: 'owner', maxBodyBytes: 256 * 1024 } as const;

/** Pages of web that have a form, and take it. */
const formPages = [
  ...['/anchors/ui', '/login', '/register', '/account', '/account/password', '/account/sessions/end'],
  ...['/account/sessions/end-others', '/account/api-keys', '/account/api-keys/revoke', '/account/tokens'],
  ...[
    '/account/tokens/revoke',
    '/account/keys/revoke',
    '/account/organisations',
    '/account/following',
    '/account/delete',
  ],
  ...['/storage/ui/add', '/storage/ui/edit', '/storage/ui/remove'],
].flatMap((path): Route[] => [
  { method: 'GET', path, owner: 'web', auth: 'public' },
  { method: 'POST', path, owner: 'web', auth: 'public', ...form },
]);

/** In the fixed order of api.md §7. Exact paths win over patterns, whatever their place. */
export const routeTable: readonly Route[] = [
  { method: 'GET', path: '/', owner: 'gateway', auth: 'public', page: true },
  { method: 'GET', path: '/openapi.json', owner: 'gateway', auth: 'public' },
  { method: 'GET', path: '/healthz', owner: 'gateway', auth: 'public', limit: 'none' },
  { method: 'GET', path: '/readyz', owner: 'gateway', auth: 'public', limit: 'none' },
  { method: 'GET', path: '/v1/ready', owner: 'gateway', auth: 'public', limit: 'none' },
  { method: 'GET', path: '/metrics', owner: 'gateway', auth: 'public', limit: 'none' },

  { method: 'POST', path: '/auth/register', owner: 'auth', auth: 'public', limit: 'session', ...raw, ...small },
  { method: 'POST', path: '/auth/login', owner: 'auth', auth: 'public', limit: 'session', ...raw, ...small },
  { method: 'GET', path: '/auth/logout', owner: 'auth', auth: 'public', ...raw },
  { method: 'POST', path: '/auth/logout', owner: 'auth', auth: 'public', ...raw, ...small },
  { method: 'POST', path: '/auth/refresh', owner: 'auth', auth: 'public', ...raw, ...small },
  { method: 'POST', path: '/auth/introspect', owner: 'auth', auth: 'any', ...small },
  { method: 'GET', path: '/auth/me', owner: 'auth', auth: 'any' },
  { method: 'PATCH', path: '/auth/me', owner: 'auth', auth: 'any', ...small },
  { method: 'DELETE', path: '/auth/me', owner: 'auth', auth: 'any', ...small },
  { method: 'POST', path: '/auth/password', owner: 'auth', auth: 'any', ...small },
  { method: 'GET', path: '/auth/sessions', owner: 'auth', auth: 'any' },
  { method: 'DELETE', path: '/auth/sessions', owner: 'auth', auth: 'any', ...small },
  { method: 'DELETE', path: '/auth/sessions/{id}', owner: 'auth', auth: 'any', ...small },
  { method: 'GET', path: '/auth/api-keys', owner: 'auth', auth: 'any' },
  { method: 'POST', path: '/auth/api-keys', owner: 'auth', auth: 'any', ...small },
  { method: 'DELETE', path: '/auth/api-keys/{key_id}', owner: 'auth', auth: 'any', ...small },
  { method: 'GET', path: '/v1/tokens', owner: 'auth', auth: 'any' },
  { method: 'POST', path: '/v1/tokens', owner: 'auth', auth: 'any', ...small },
  { method: 'DELETE', path: '/v1/tokens/{id}', owner: 'auth', auth: 'any', ...small },
  { method: 'GET', path: '/.well-known/jwks.json', owner: 'auth', auth: 'public' },

  { method: 'POST', path: '/api/auth/challenge', owner: 'identity', auth: 'public', limit: 'keys-challenge', ...small },
  { method: 'POST', path: '/api/auth/verify', owner: 'identity', auth: 'public', limit: 'keys-verify', ...small },
  { method: 'POST', path: '/api/auth/keys', owner: 'identity', auth: 'any', limit: 'keys-add', ...small },
  { method: 'GET', path: '/api/auth/keys/{handle}', owner: 'identity', auth: 'any' },
  {
    method: 'DELETE',
    path: '/api/auth/keys/{handle}/{key_id}',
    owner: 'identity',
    auth: 'any',
    limit: 'keys-end',
    ...small,
  },
  { method: 'POST', path: '/api/identities/agent', owner: 'identity', auth: 'any', ...small },
  { method: 'GET', path: '/api/identities/agent', owner: 'identity', auth: 'any' },
  {
    method: 'DELETE',
    path: '/api/identities/agent/{handle}',
    owner: 'identity',
    auth: 'any',
    limit: 'keys-end',
    ...small,
  },
  { method: 'GET', path: '/api/identities', owner: 'identity', auth: 'public' },
  { method: 'POST', path: '/api/identities', owner: 'identity', auth: 'any', ...small },
  { method: 'GET', path: '/api/identities/{handle}', owner: 'identity', auth: 'public' },
  { method: 'PATCH', path: '/api/identities/{handle}', owner: 'identity', auth: 'any', ...small },
  { method: 'DELETE', path: '/api/identities/{handle}', owner: 'identity', auth: 'any', ...small },

  { method: 'GET', path: '/assets', owner: 'asset-registry', auth: 'public', page: true },
  { method: 'POST', path: '/assets', owner: 'asset-registry', auth: 'any' },
  { method: 'POST', path: '/assets/batch', owner: 'asset-registry', auth: 'any', alsoName: true, ...batch },
  { method: 'POST', path: '/assets/record-run', owner: 'asset-registry', auth: 'any', ...recordRun },
  { method: 'GET', path: '/assets/{name}', owner: 'asset-registry', auth: 'public', page: true },
  { method: 'PATCH', path: '/assets/{name}', owner: 'asset-registry', auth: 'any' },
  { method: 'DELETE', path: '/assets/{name}', owner: 'asset-registry', auth: 'any', ...small },
  { method: 'GET', path: '/assets/{name}/made-from', owner: 'asset-registry', auth: 'public' },
  { method: 'GET', path: '/assets/{name}/used-in', owner: 'asset-registry', auth: 'public' },
  { method: 'GET', path: '/assets/{name}/certificate', owner: 'asset-registry', auth: 'public' },
  { method: 'GET', path: '/objects/{content_hash}', owner: 'asset-registry', auth: 'public', page: true },
  { method: 'GET', path: '/activities', owner: 'asset-registry', auth: 'public', page: true },
  { method: 'GET', path: '/activities/{ref}', owner: 'asset-registry', auth: 'public', page: true },
  { method: 'GET', path: '/activities/{ref}/certificate', owner: 'asset-registry', auth: 'public' },
  { method: 'GET', path: '/activities/{ref}/anchor', owner: 'asset-registry', auth: 'public' },
  { method: 'GET', path: '/anchors', owner: 'asset-registry', auth: 'public', page: true },
  { method: 'POST', path: '/anchors', owner: 'asset-registry', auth: 'any', ...small },
  { method: 'GET', path: '/anchors/calendars', owner: 'asset-registry', auth: 'public' },
  { method: 'GET', path: '/anchors/{merkle_root}', owner: 'asset-registry', auth: 'public' },
  { method: 'GET', path: '/anchors/{merkle_root}/proof.ots', owner: 'asset-registry', auth: 'public' },
  { method: 'POST', path: '/anchors/{merkle_root}/upgrade', owner: 'asset-registry', auth: 'any', ...small },

  { method: 'GET', path: '/log/checkpoint', owner: 'asset-registry', auth: 'public', limit: 'log' },
  { method: 'GET', path: '/log/checkpoints', owner: 'asset-registry', auth: 'public', limit: 'log' },
  { method: 'GET', path: '/log/checkpoints/{size}', owner: 'asset-registry', auth: 'public', limit: 'log' },
  { method: 'GET', path: '/log/tile/{tile}', deep: true, owner: 'asset-registry', auth: 'public', limit: 'log' },
  { method: 'GET', path: '/log/proof/{leaf_hash}', owner: 'asset-registry', auth: 'public', limit: 'log' },
  { method: 'GET', path: '/log/vkeys', owner: 'asset-registry', auth: 'public', limit: 'log' },

  { method: 'GET', path: '/storage', owner: 'asset-registry', auth: 'any', page: true },
  { method: 'POST', path: '/storage', owner: 'asset-registry', auth: 'any', ...small },
  { method: 'GET', path: '/storage/{id}', owner: 'asset-registry', auth: 'any' },
  { method: 'PATCH', path: '/storage/{id}', owner: 'asset-registry', auth: 'any', ...small },
  { method: 'DELETE', path: '/storage/{id}', owner: 'asset-registry', auth: 'any', ...small },
  { method: 'POST', path: '/storage/{id}/test', owner: 'asset-registry', auth: 'any', limit: 'storage-test', ...small },
  {
    method: 'POST',
    path: '/storage/{id}/check',
    owner: 'asset-registry',
    auth: 'any',
    limit: 'storage-test',
    ...small,
  },
  { method: 'GET', path: '/storage/{id}/pins', owner: 'asset-registry', auth: 'any' },
  { method: 'POST', path: '/storage/{id}/pins', owner: 'asset-registry', auth: 'any', ...small },
  { method: 'GET', path: '/storage/{id}/pins/{content_hash}', owner: 'asset-registry', auth: 'any' },
  { method: 'DELETE', path: '/storage/{id}/pins/{content_hash}', owner: 'asset-registry', auth: 'any', ...small },
  { method: 'GET', path: '/assets/{name}/copies', owner: 'asset-registry', auth: 'any' },

  { method: 'GET', path: '/.well-known/webfinger', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/.well-known/host-meta', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/.well-known/host-meta.json', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/.well-known/nodeinfo', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/nodeinfo/2.1', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/actor', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/actor/outbox', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/users', owner: 'federation', auth: 'public', page: true },
  { method: 'GET', path: '/users/{username}', owner: 'federation', auth: 'public', page: true },
  { method: 'GET', path: '/users/{username}/outbox', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/users/{username}/followers', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/users/{username}/following', owner: 'federation', auth: 'public' },
  {
    ...{ method: 'GET', path: '/users/{username}/remote-follow' },
    ...{ owner: 'federation', auth: 'public', limit: 'remote-follow' },
  },
  {
    method: 'POST',
    path: '/users/{username}/inbox',
    owner: 'federation',
    auth: 'signature',
    limit: 'inbox',
    maxBodyBytes: inboxBytes,
  },
  { method: 'GET', path: '/objects/{content_hash}/likes', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/objects/{content_hash}/shares', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/objects/{content_hash}/replies', owner: 'federation', auth: 'public' },
  { method: 'GET', path: '/following', owner: 'federation', auth: 'any' },
  { method: 'POST', path: '/follow', owner: 'federation', auth: 'any', ...small },
  { method: 'POST', path: '/unfollow', owner: 'federation', auth: 'any', ...small },
  { method: 'POST', path: '/share', owner: 'federation', auth: 'any', ...small },
  { method: 'POST', path: '/unshare', owner: 'federation', auth: 'any', ...small },
  { method: 'POST', path: '/inbox', owner: 'federation', auth: 'signature', limit: 'inbox', maxBodyBytes: inboxBytes },

  { method: 'GET', path: '/renderers', owner: 'l1-bridge', auth: 'any', page: true },
  { method: 'POST', path: '/renderers/attach', owner: 'l1-bridge', auth: 'any', ...ofRenderers },
  { method: 'POST', path: '/renderers/detach', owner: 'l1-bridge', auth: 'any', ...ofRenderers },
  { method: 'POST', path: '/auth/verify', owner: 'l1-bridge', auth: 'public', limit: 'none', ...raw, ...small },
  { method: 'POST', path: '/auth/revoke', owner: 'l1-bridge', auth: 'public', ...small },

  { method: 'GET', path: '/download/client', owner: 'web', auth: 'public' },
  { method: 'GET', path: '/static/{file}', owner: 'web', auth: 'public', limit: 'none' },
  { method: 'GET', path: '/docs', owner: 'web', auth: 'public' },
  { method: 'GET', path: '/docs/{operation}', owner: 'web', auth: 'public' },
  { method: 'GET', path: '/asset/{name}', owner: 'web', auth: 'public' },
  { method: 'GET', path: '/activity/{ref}', owner: 'web', auth: 'public' },
  ...formPages,
  { method: 'POST', path: '/storage/ui', owner: 'web', auth: 'public', alsoName: true, ...form },
  { method: 'GET', path: '/account/sessions', owner: 'web', auth: 'public' },
  { method: 'GET', path: '/account/keys', owner: 'web', auth: 'public' },
  { method: 'GET', path: '/account/api-keys/made', owner: 'web', auth: 'public' },
  { method: 'GET', path: '/account/tokens/made', owner: 'web', auth: 'public' },
  { method: 'GET', path: '/account/deleted', owner: 'web', auth: 'public' },
  { method: 'GET', path: '/claim', owner: 'web', auth: 'public' },
  { method: 'POST', path: '/claim', owner: 'web', auth: 'public', ...claimForm },
  { method: 'GET', path: '/logout', owner: 'web', auth: 'public', ...raw },
  { method: 'POST', path: '/logout', owner: 'web', auth: 'public', ...raw, ...form },
];

/** Where browsers are sent that ask for what is not there: web says so in a page. */
export const nowhere: Route = { method: 'GET', path: '/{page}', deep: true, owner: 'web', auth: 'public', page: true };
