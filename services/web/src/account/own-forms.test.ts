import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { csrfTokenOf } from '@artdag/service-kit';
import { jsonAnswer } from '../gateway-stand-in.testing.ts';
import { expectHarmless, hostileTexts } from '../hostile.testing.ts';
import { cookie, onChange, origin, startAccountSuite, type AccountSuite } from './account-suite.testing.ts';

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => suite.reset());

interface FormCase {
  page: string;
  fields: Record<string, string>;
  /** What it asks of the API. */
  method: string;
  api: string;
  /** Where the login leads back to, if it is not the page itself. */
  from?: string;
}

const unanswered = (): undefined => undefined;
const word = 'correct horse';
const forms: FormCase[] = [
  { page: '/account', fields: { display_name: 'G', email: '' }, method: 'PATCH', api: '/auth/me' },
  {
    ...{ page: '/account/password', method: 'POST', api: '/auth/password' },
    fields: { current_password: word, new_password: 'another one' },
  },
  { page: '/account/sessions/end', fields: { id: 'ses_2' }, method: 'DELETE', api: '/auth/sessions/ses_2' },
  { page: '/account/sessions/end-others', fields: {}, method: 'DELETE', api: '/auth/sessions' },
  {
    ...{ page: '/account/api-keys', method: 'POST', api: '/auth/api-keys' },
    fields: { description: 'x', scopes: 'read:*', life: '30' },
  },
  { page: '/account/api-keys/revoke', fields: { id: 'key-1' }, method: 'DELETE', api: '/auth/api-keys/key-1' },
  {
    ...{ page: '/account/tokens', method: 'POST', api: '/v1/tokens' },
    fields: { label: 'x', scopes: 'read:*', life: '3600' },
  },
  { page: '/account/tokens/revoke', fields: { id: 'tok_1' }, method: 'DELETE', api: '/v1/tokens/tok_1' },
  { page: '/account/keys/revoke', fields: { id: 'key_1' }, method: 'DELETE', api: '/api/auth/keys/giles/key_1' },
  { page: '/account/organisations', fields: { org_id: 'org_2' }, method: 'PATCH', api: '/auth/me' },
  {
    ...{ page: '/account/following', method: 'POST', api: '/unfollow' },
    fields: { target: 'ann@social.example', do: 'unfollow' },
  },
  {
    ...{ page: '/storage/ui/add', method: 'POST', api: '/storage', from: '/storage/ui/add?type=psa' },
    fields: { type: 'psa', 'config.endpoint': 'https://pins.example', 'config.token': word },
  },
  {
    ...{ page: '/storage/ui/edit', method: 'PATCH', api: '/storage/sto_1' },
    fields: { id: 'sto_1', provider_name: 'x', 'config.endpoint': 'https://pins.example' },
  },
  { page: '/storage/ui/remove', fields: { id: 'sto_1' }, method: 'DELETE', api: '/storage/sto_1?force=true' },
  {
    ...{ page: '/storage/ui', method: 'POST', api: '/storage/sto_1/test', from: '/storage?id=sto_1' },
    fields: { id: 'sto_1', do: 'test' },
  },
  { page: '/anchors/ui', fields: {}, method: 'POST', api: '/anchors' },
  { page: '/account/delete', fields: { name: 'giles', password: word }, method: 'DELETE', api: '/auth/me' },
];

describe.each(forms.map((form): [string, FormCase] => [form.page, form]))(
  'POST %s',
  (page, { fields, method, api, from }) => {
    const backTo = encodeURIComponent(from ?? (fields['id'] === undefined ? page : `${page}?id=${fields['id']}`));

    it.each<[string, Record<string, string>]>([
      ['nobody knows where', { cookie }],
      ['another site', { cookie, origin: 'https://evil.example' }],
      ['an origin that hides', { cookie, origin: 'null' }],
      ['another site, by Sec-Fetch-Site', { cookie, 'sec-fetch-site': 'cross-site' }],
      ['a sibling site', { cookie, 'sec-fetch-site': 'same-site' }],
      ['a sibling site that planted a cookie', { cookie: `session_token=planted; ${cookie}`, origin: 'null' }],
    ])('from %s is 403, and the API is not asked', async (_where, headers) => {
      const { text } = await suite.send(page, { ...fields, _csrf: csrfTokenOf('planted') }, headers).expect(403);
      expect(text).toContain('Error csrf');
      expect(suite.changes()).toEqual([]);
    });

    it('with the token of another session is 403, with that of the session it reaches the API as the visitor', async () => {
      await suite.send(page, { ...fields, _csrf: csrfTokenOf('another') }, { cookie }).expect(403);
      expect(suite.changes()).toEqual([]);
      await suite.send(page, { ...fields, _csrf: csrfTokenOf('secret') }, { cookie });
      expect(suite.changes()).toEqual([{ method, path: api }]);
      const asked = suite.gateway.asked.find((call) => call.method !== 'GET');
      expect(asked?.headers).toMatchObject({ cookie, 'sec-fetch-site': 'same-origin' });
    });

    it('from a stranger leads to the login and back, and the API is not asked', async () => {
      const { headers } = await suite.send(page, fields, { origin }).expect(303);
      expect(headers['location']).toBe(`/login?return_to=${backTo}`);
      expect(suite.changes()).toEqual([]);
    });

    it.each([
      ['a session that has ended', 401, 'unauthorized', ''],
      ['a login that is not fresh', 403, 'recent_login_required', 'again=1&'],
    ])('with %s leads to the login and back', async (_what, status, code, again) => {
      onChange(suite.gateway, api, jsonAnswer({ code }, status));
      const { headers } = await suite.send(page, fields).expect(303);
      expect(headers['location']).toBe(`/login?${again}return_to=${backTo}`);
    });

    it.each([
      ['is too busy', jsonAnswer({ code: 'too_many_failures' }, 429, { 'retry-after': '30' }), 429, 'in 30 seconds'],
      ['fails', jsonAnswer({}, 500), 500, 'This does not work at the moment.'],
      ['never answers', unanswered, 503, 'This does not work at the moment.'],
      ['answers something else', jsonAnswer({}, 302), 502, 'role="alert"'],
    ])('shows the form again, with a word about it, when the API %s', async (_what, answer, status, says) => {
      onChange(suite.gateway, api, answer);
      const send = answer === unanswered ? suite.sendInHaste : suite.send;
      const { text, headers } = await send(page, fields).expect(status);
      expect(text).toContain(says);
      expect(text).toContain(`action="${page}"`);
      expect(text).toContain('<title>Error: ');
      expect(headers['cache-control']).toBe('no-store');
    });

    it('lets nothing run that comes back as typed', async () => {
      onChange(suite.gateway, api, jsonAnswer({ code: 'x' }, 409));
      for (const text of hostileTexts) {
        const typed = Object.fromEntries(Object.keys(fields).map((name) => [name, text]));
        expectHarmless((await suite.send(page, typed)).text);
      }
    });
  },
);

describe('a fresh login', () => {
  it('is asked for although one is logged in, and leads back', async () => {
    const { text } = await suite.get('/login?again=1&return_to=%2Faccount').expect(200);
    expect(text).toContain('needs a fresh login');
    expect(text).toContain('name="return_to" value="/account"');
    expect(text).toContain('value="giles"');
  });
});

describe('?done=', () => {
  it('shows a notice of ours, and nothing else', async () => {
    expect((await suite.get('/account?done=profile-saved')).text).toContain('role="status">Your profile is saved.');
    for (const text of [...hostileTexts, 'constructor', '__proto__', 'toString']) {
      const page = await suite.get(`/account?done=${encodeURIComponent(text.toWellFormed())}`).expect(200);
      expect(page.text).not.toContain('role="status"');
      expectHarmless(page.text);
    }
  });
});
