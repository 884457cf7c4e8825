import type { PageCase } from '../page-case.testing.ts';
import { at } from '../sample-values.testing.ts';
import { provider } from '../storage/storage.testing.ts';

export const me = {
  actor_id: 'user:01',
  username: 'giles',
  display_name: 'Giles G.',
  email: 'giles@example.org',
  handle: 'giles',
  org_id: 'org_1',
  memberships: [
    { microdao_id: 'microdao:giles', org_id: 'org_1', role: 'owner' },
    { microdao_id: 'microdao:studio', org_id: 'org_2', role: 'member' },
  ],
  is_sysadmin: false,
  created_at: at,
  auth: { method: 'cookie', session_id: 'ses_1', scopes: ['read:*', 'assets:create'], expires_at: null },
};

export const session = {
  id: 'ses_1',
  created_at: at,
  last_activity_at: at,
  expires_at: at,
  ip: '203.0.113.9',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  method: 'password',
  current: true,
};

export const apiKey = {
  id: 'key-1',
  key_preview: 'dk_abcde...',
  description: 'build server',
  created_at: at,
  expires_at: null,
  last_used: null,
  is_active: true,
};

export const token = {
  id: 'tok_1',
  label: 'nightly',
  scopes: ['read:*'],
  org: 'org_1',
  created_at: at,
  expires_at: '2126-11-30T00:00:00.000Z',
  last_used_at: null,
  revoked_at: null,
};

export const publicKey = {
  key_id: 'key_1',
  fingerprint: 'sha256:0123456789abcdef'.padEnd(71, '0'),
  algorithm: 'ed25519',
  label: 'laptop',
  created_at: at,
  last_used_at: null,
  expires_at: null,
  revoked_at: null,
};

export const followingList = {
  following: [
    { target: 'https://social.example/users/ann', handle: 'ann@social.example', state: 'requested' },
    { target: 'https://l2.example/users/bob', handle: 'bob@l2.example', state: 'accepted' },
  ],
  ...{ total: 2, limit: 50, offset: 0, next: null },
};

/** What the head of each page asks as well. */
const own = { '/auth/me': me };
const sessions = { ...own, '/auth/sessions': { sessions: [session, { ...session, id: 'ses_2', current: false }] } };
const apiKeys = { ...own, '/auth/api-keys': [apiKey, { ...apiKey, id: 'key-2', is_active: false }] };
const tokens = { ...own, '/v1/tokens': { tokens: [token, { ...token, id: 'tok_2', revoked_at: at }] } };
const publicKeys = {
  ...own,
  '/api/auth/keys/giles': { keys: [publicKey, { ...publicKey, key_id: 'key_2', revoked_at: at }] },
};

/** Pages about the visitor's own account. */
export const accountCases: PageCase[] = [
  {
    ...{ path: '/account', needs: '/auth/me', api: own },
    shows: ['value="Giles G."', 'value="giles@example.org"', '<a href="/account"><strong>giles</strong></a>'],
  },
  { path: '/account/password', needs: '/auth/me', api: own, shows: ['id="new_password"'] },
  {
    ...{ path: '/account/sessions', needs: '/auth/sessions', api: sessions },
    shows: ['Firefox on Linux', '203.0.113.9', 'this one', 'href="/account/sessions/end?id=ses_2"'],
  },
  {
    ...{ path: '/account/sessions/end?id=ses_2', needs: '/auth/sessions', api: sessions },
    shows: ['End this session?', 'Firefox on Linux', 'value="ses_2"'],
  },
  {
    ...{ path: '/account/sessions/end-others', needs: '/auth/sessions', api: sessions },
    shows: ['End all other sessions?', '1 other session will end'],
  },
  {
    ...{ path: '/account/api-keys', needs: '/auth/api-keys', api: apiKeys },
    shows: ['build server', 'dk_abcde...', 'never used', 'value="assets:create"', 'What has ended'],
  },
  {
    ...{ path: '/account/api-keys/revoke?id=key-1', needs: '/auth/api-keys', api: apiKeys },
    shows: ['Revoke this API key?', 'build server'],
  },
  {
    ...{ path: '/account/tokens', needs: '/v1/tokens', api: tokens },
    shows: ['nightly', 'read:*', 'What has ended', 'an hour'],
  },
  {
    ...{ path: '/account/tokens/revoke?id=tok_1', needs: '/v1/tokens', api: tokens },
    shows: ['Revoke this token?', 'nightly'],
  },
  {
    ...{ path: '/account/keys', needs: '/api/auth/keys/giles', api: publicKeys },
    shows: ['laptop', publicKey.fingerprint, 'artdag keys add', '--username giles'],
  },
  {
    ...{ path: '/account/keys/revoke?id=key_1', needs: '/api/auth/keys/giles', api: publicKeys },
    shows: ['Revoke this key?', 'It is your last key'],
  },
  {
    ...{ path: '/account/organisations', needs: '/auth/me', api: own },
    shows: ['microdao:giles', 'as owner', 'active', 'microdao:studio'],
  },
  {
    ...{ path: '/account/following', needs: '/following?limit=50&offset=0' },
    api: { ...own, '/following?limit=50&offset=0': followingList },
    shows: ['@ann@social.example', 'asked, and not answered yet', 'Take the request back', '2 actors', 'id="target"'],
  },
  { path: '/storage/ui/add', needs: '/auth/me', api: own, shows: ['Pinata', 'href="/storage/ui/add?type=s3"'] },
  { path: '/storage/ui/add?type=psa', needs: '/auth/me', api: own, shows: ['type="password"', 'config.endpoint'] },
  {
    ...{ path: '/storage/ui/edit?id=sto_1', needs: '/storage/sto_1', api: { ...own, '/storage/sto_1': provider } },
    shows: ['value="my pins"', 'value="https://pins.example"', 'It stays ****6789', 'value="50"'],
  },
  {
    ...{ path: '/storage/ui/remove?id=sto_1', needs: '/storage/sto_1', api: { ...own, '/storage/sto_1': provider } },
    shows: ['Remove this storage provider?', 'my pins', '3 copies'],
  },
  { path: '/account/delete', needs: '/auth/me', api: own, shows: ['Type <strong>giles</strong>'] },
].map((page) => ({ ...page, isOwn: true }));
