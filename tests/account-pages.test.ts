import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newAccount, registerAsset } from './lib/api-client.ts';
import { createBrowser, type Browser } from './lib/browser.ts';
import { newKey } from './lib/msign/key.ts';
import { proofOf } from './lib/msign/client.ts';
import { root as rootFolder } from './lib/scripts.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const password = 'correct horse battery staple';
let suite: StandaloneSuite;
let username: string;
let browser: Browser;

beforeAll(async () => {
  // Nobody is behind this calendar: an anchor stays open.
  suite = await startStandalone({ env: { OTS_CALENDARS: 'http://127.0.0.1:9', LOG_INTERVAL_MS: '100' } });
  username = `u${randomUUID().slice(0, 8)}`;
  browser = createBrowser(suite.url);
  await browser.post('/register', { username, password });
});

afterAll(() => suite.remove());

/** What a page's first link that begins like this leads to. */
function linkOf(text: string, beginning: string): string {
  const found = [...text.matchAll(/href="([^"]+)"/g)].map(([, path = '']) => path.replaceAll('&amp;', '&'));
  return found.find((path) => path.startsWith(beginning)) ?? `no link to ${beginning}`;
}

/** The fields of the form that posts to a path, as a browser sends them untouched. */
function fieldsOf(text: string, action: string): Record<string, string> {
  const form = new RegExp(`<form[^>]*action="${action}".*?</form>`, 's').exec(text)?.[0] ?? '';
  return Object.fromEntries(
    [...form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

const copied = (text: string): string => /data-copy="([^"]+)"/.exec(text)?.[1] ?? '';

describe('the account, by its forms', () => {
  it('is behind the name in the head, and for who is logged in only', async () => {
    expect((await browser.get('/')).text).toContain(`<a href="/account"><strong>${username}</strong></a>`);
    const stranger = await createBrowser(suite.url).get('/account/api-keys');
    expect([stranger.status, stranger.path]).toEqual([200, '/login?return_to=%2Faccount%2Fapi-keys']);
  });

  it('shows a new name everywhere', async () => {
    const saved = await browser.post('/account', { display_name: 'Ada <b>', email: `${username}@example.org` });
    expect([saved.status, saved.path]).toEqual([200, '/account?done=profile-saved']);
    expect(saved.text).toContain('Your profile is saved.');
    expect(saved.text).toContain('value="Ada &lt;b&gt;"');
    expect(JSON.parse((await browser.get('/auth/me', { accept: '*/*' })).text)).toMatchObject({
      display_name: 'Ada <b>',
      email: `${username}@example.org`,
    });
    const refused = await browser.post('/account', { display_name: 'Ada', email: 'no address' });
    expect([refused.status, refused.path]).toEqual([400, '/account']);
    expect(refused.text).toContain('id="email-error"');
  });

  it('ends another session, and all others', async () => {
    const others = [createBrowser(suite.url), createBrowser(suite.url), createBrowser(suite.url)];
    for (const other of others) await other.post('/login', { username, password });
    const isIn = () => Promise.all(others.map(async (other) => (await other.get('/auth/me')).status === 200));
    expect(await isIn()).toEqual([true, true, true]);
    const list = await browser.get('/account/sessions');
    const question = await browser.get(linkOf(list.text, '/account/sessions/end?'));
    expect(question.text).toContain('End this session?');
    const one = await browser.post('/account/sessions/end', fieldsOf(question.text, '/account/sessions/end'));
    expect(one.text).toContain('The session is ended.');
    expect((await isIn()).filter(Boolean)).toHaveLength(2);
    const all = await browser.post('/account/sessions/end-others', {});
    expect(all.text).toContain('All other sessions are ended.');
    expect(await isIn()).toEqual([false, false, false]);
    expect((await browser.get('/account')).status).toBe(200);
  });

  it('makes an API key that works until it is revoked, and shows it once', async () => {
    const missing = await browser.post('/account/api-keys', { description: 'robot', life: '30' });
    expect(missing.text).toContain('Choose at least one thing that it may do.');
    const made = await browser.post('/account/api-keys', { description: 'robot', scopes: 'read:*', life: '30' });
    expect([made.status, made.path]).toEqual([200, '/account/api-keys/made']);
    const headers = { 'x-api-key': copied(made.text) };
    const reloaded = await browser.get(made.path);
    expect([reloaded.status, reloaded.text.includes('nothing shows it again')]).toEqual([410, true]);
    expect((await call(suite.url, '/auth/me', { headers })).body).toMatchObject({ username });
    const list = await browser.get('/account/api-keys');
    expect(list.text.match(/robot/g)).toHaveLength(1);
    expect(list.text).not.toContain(headers['x-api-key']);
    const question = await browser.get(linkOf(list.text, '/account/api-keys/revoke?'));
    const done = await browser.post('/account/api-keys/revoke', fieldsOf(question.text, '/account/api-keys/revoke'));
    expect(done.text).toContain('The API key is revoked');
    expect((await call(suite.url, '/auth/me', { headers })).status).toBe(401);
  });

  it('mints a token that works until it is revoked, and shows it once', async () => {
    const made = await browser.post('/account/tokens', { label: 'job', scopes: 'read:*', life: '3600' });
    expect([made.status, made.path]).toEqual([200, '/account/tokens/made']);
    const token = copied(made.text);
    expect((await call(suite.url, '/auth/me', { token })).body).toMatchObject({ username });
    const list = await browser.get('/account/tokens');
    expect(list.text).not.toContain(token);
    const question = await browser.get(linkOf(list.text, '/account/tokens/revoke?'));
    const done = await browser.post('/account/tokens/revoke', fieldsOf(question.text, '/account/tokens/revoke'));
    expect(done.text).toContain('The token is revoked');
    expect((await call(suite.url, '/auth/me', { token })).status).toBe(401);
  });

  it('revokes a key', async () => {
    const { body: login } = await call(suite.url, '/auth/login', { body: { username, password } });
    const place = { origin: suite.url, host: new URL(suite.url).host, now: () => new Date() };
    const key = newKey();
    const body = { ...(await proofOf(place, key)), label: 'laptop' };
    const added = await call(suite.url, '/api/auth/keys', { token: String(login['access_token']), body });
    expect(added.status).toBe(201);
    const list = await browser.get('/account/keys');
    expect(list.text).toContain(key.fingerprint);
    const question = await browser.get(linkOf(list.text, '/account/keys/revoke?'));
    expect(question.text).toContain('It is your last key');
    const done = await browser.post('/account/keys/revoke', fieldsOf(question.text, '/account/keys/revoke'));
    expect(done.text).toContain('The key is revoked');
    expect(done.text).toContain('You have no key of your own here.');
  });

  it('adds storage, tests it, switches it off and on, edits and removes it', async () => {
    const secret = 'psa-secret-0123456789';
    const given = { type: 'psa', provider_name: 'my <b>pins', 'config.endpoint': 'ftp://x', 'config.token': secret };
    const refused = await browser.post('/storage/ui/add', given);
    expect([refused.status, refused.text.includes('id="config.endpoint-error"')]).toEqual([400, true]);
    const added = await browser.post('/storage/ui/add', { ...given, 'config.endpoint': 'http://localhost:9/psa' });
    expect(added.path).toMatch(/^\/storage\?id=sto_\w+&done=provider-added$/);
    expect(added.text).toContain('my &lt;b&gt;pins');
    const id = new URLSearchParams(added.path.split('?')[1]).get('id') ?? '';
    const tested = await browser.post('/storage/ui', { id, do: 'test' });
    expect(tested.text).toContain('It was tested');
    expect(tested.text).toContain('It could not be reached');
    expect((await browser.post('/storage/ui', { id, do: 'off' })).text).toContain('not in use');
    expect((await browser.post('/storage/ui', { id, do: 'check' })).text).toContain('It is switched off');
    expect((await browser.post('/storage/ui', { id, do: 'on' })).text).not.toContain('not in use');
    const edit = await browser.get(linkOf(tested.text, '/storage/ui/edit?'));
    expect(edit.text).toContain('It stays ****6789');
    const change = { id, provider_name: 'pins', capacity_gb: '7', 'config.endpoint': 'http://localhost:9/other' };
    expect((await browser.post('/storage/ui/edit', change)).text).toContain('It is saved.');
    const again = await browser.get(`/storage/ui/edit?id=${id}`);
    for (const shown of ['value="7"', 'http://localhost:9/other', 'It stays ****6789'])
      expect(again.text).toContain(shown);
    const question = await browser.get(linkOf(tested.text, '/storage/ui/remove?'));
    const removed = await browser.post('/storage/ui/remove', fieldsOf(question.text, '/storage/ui/remove'));
    expect(removed.text).toContain('The storage provider is removed.');
    expect(removed.text).toContain('You have no storage provider yet.');
    const all = [refused, added, tested, edit, again, question].map(({ text }) => text).join();
    expect(all).not.toContain(secret);
  });

  it('forgets a secret of storage that can be done without', async () => {
    const secret = 'ipfs-secret-0123456789';
    const node = { type: 'ipfs', provider_name: 'node', 'config.api': 'https://node.example:5001' };
    const added = await browser.post('/storage/ui/add', { ...node, 'config.token': secret });
    const id = new URLSearchParams(added.path.split('?')[1]).get('id') ?? '';
    expect((await browser.get(`/storage/ui/edit?id=${id}`)).text).toContain('It stays ****6789');
    const saved = await browser.post('/storage/ui/edit', { ...node, id, forget: 'token' });
    expect(saved.text).toContain('It is saved.');
    expect((await browser.get(`/storage/ui/edit?id=${id}`)).text).not.toContain('It stays');
    await browser.post('/storage/ui/remove', { id });
  });

  it('follows somebody here by the button on their page, and ends it there', async () => {
    const { username: other } = await newAccount(suite.url);
    const profile = await eventually(async () => {
      const page = await browser.get(`/users/${other}`);
      expect(page.status).toBe(200);
      return page;
    });
    const fields = fieldsOf(profile.text, '/account/following');
    const followed = await browser.post('/account/following', { ...fields, do: 'follow' });
    expect([followed.status, followed.path]).toEqual([200, `/users/${other}?done=followed`]);
    expect(followed.text).toContain('1 follower');
    expect((await browser.get('/account/following')).text).toContain(`/users/${other}`);
    const ended = await browser.post('/account/following', { ...fields, do: 'unfollow' });
    expect(ended.text).toContain('You follow them no more.');
    expect(ended.text).toContain('0 followers');
    expect((await browser.get('/account/following')).text).toContain('You follow nobody.');
    const nobody = await browser.post('/account/following', { target: 'nobody', do: 'follow' });
    expect([nobody.status, nobody.text.includes('id="target-error"')]).toEqual([422, true]);
    expect((await browser.get(`/users/${username}`)).text).not.toContain('action="/account/following"');
  });

  it('acts for another organisation', async () => {
    const founder = { 'content-type': 'application/json', accept: '*/*' };
    const login = await call(suite.url, '/auth/login', { body: { username, password } });
    const token = String(login.body['access_token']);
    const handle = `o${randomUUID().slice(0, 8)}`;
    const org = { handle, display_name: 'Studio', identity_type: 'org' };
    expect((await call(suite.url, '/api/identities', { token, body: org, headers: founder })).status).toBe(201);
    const { text } = await browser.get('/account/organisations');
    expect(text).toContain(`microdao:${handle}`);
    const done = await browser.post('/account/organisations', fieldsOf(text, '/account/organisations'));
    expect(done.text).toContain('This session now acts for the other organisation.');
    const me = JSON.parse((await browser.get('/auth/me', { accept: '*/*' })).text) as { org_id: string };
    expect(done.text).not.toContain(`value="${me.org_id}"`);
    const back = await browser.post('/account/organisations', { org_id: 'org_nobody' });
    expect([back.status, back.text.includes('You are not a member')]).toEqual([403, true]);
  });

  it('changes the password and stays logged in; then the old one is good for nothing', async () => {
    const next = 'another horse battery staple';
    const wrong = await browser.post('/account/password', { current_password: 'wrong', new_password: next });
    expect([wrong.status, wrong.text.includes('This is not your password.')]).toEqual([403, true]);
    const stolen = browser.copy();
    const done = await browser.post('/account/password', { current_password: password, new_password: next });
    expect(done.text).toContain('Your password is changed.');
    expect((await stolen.get('/auth/me')).status).toBe(401);
    expect((await createBrowser(suite.url).post('/login', { username, password })).status).toBe(401);
    expect((await createBrowser(suite.url).post('/login', { username, password: next })).status).toBe(200);
    await browser.post('/account/password', { current_password: next, new_password: password });
  });

  it('is deleted by who types its name and password, and nobody else', async () => {
    const evil = { origin: 'https://evil.example' };
    const sure = { name: username, password };
    expect((await browser.post('/account/delete', sure, evil)).status).toBe(403);
    expect((await browser.post('/account/delete', { ...sure, name: 'somebody' })).status).toBe(400);
    expect((await browser.post('/account/delete', { ...sure, password: 'wrong' })).status).toBe(403);
    const gone = await browser.post('/account/delete', sure);
    expect([gone.status, gone.path]).toEqual([200, '/account/deleted']);
    expect(gone.text).toContain('Your account is deleted');
    expect(browser.cookieNames()).toEqual(['device']);
    expect((await browser.post('/login', { username, password })).status).toBe(401);
  });
});

describe('an anchor, by its button', () => {
  it('has its calendars asked again for an administrator, and for nobody else', async () => {
    const { username: name, token } = await newAccount(suite.url);
    await registerAsset(suite.url, token, `${name}-anchored`);
    const person = createBrowser(suite.url);
    await person.post('/login', { username: name, password });
    let path = '';
    await eventually(async () => {
      ({ path } = await person.post('/anchors/ui', {}));
      expect(path).toMatch(/^\/anchors\?root=[0-9a-f]{64}$/);
    });
    const root = path.slice(-64);
    expect((await person.get(path)).text).not.toContain('Ask the calendars again');
    const refused = await person.post('/anchors/ui', { root });
    expect([refused.status, refused.text.includes('Only administrators')]).toEqual([403, true]);
    const env = { PATH: process.env['PATH'], ARTDAG_DATA: suite.dataFolder };
    const main = join(rootFolder, 'packages', 'admin-cli', 'dist', 'main.js');
    await promisify(execFile)(process.execPath, [main, 'sysadmin', 'grant', name], { env });
    await person.post('/login', { username: name, password });
    const { text } = await person.get(path);
    const asked = await person.post('/anchors/ui', fieldsOf(text, '/anchors/ui'));
    expect([asked.status, asked.path]).toEqual([200, `${path}&done=calendars-asked`]);
    expect(asked.text).toContain('The calendars are being asked again.');
  });
});
