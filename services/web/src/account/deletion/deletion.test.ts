import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jsonAnswer } from '../../gateway-stand-in.testing.ts';
import { onChange, startAccountSuite, type AccountSuite } from '../account-suite.testing.ts';

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => suite.reset());

const page = '/account/delete';
const sure = { name: 'giles', password: 'my secret word' };
const clearing = ['session_token=; Max-Age=0; Path=/', 'platform_token=; Max-Age=0; Path=/'];

describe('/account/delete', () => {
  it('deletes the account of who types its name and password, takes the cookies back, and says so', async () => {
    onChange(suite.gateway, '/auth/me', jsonAnswer('', 204, { 'set-cookie': clearing }));
    const { headers } = await suite.send(page, sure).expect(303);
    expect([headers['location'], headers['set-cookie']]).toEqual(['/account/deleted', clearing]);
    expect(suite.sent()).toEqual({ password: sure.password });
  });

  it.each([
    ['another name', { name: 'Giles' }, 'name', 'This is not your user name.'],
    ['no name', { name: '' }, 'name', 'This is not your user name.'],
    ['no password', { password: '' }, 'password', 'Enter your password.'],
  ])('asks nobody with %s', async (_what, change, field, says) => {
    const { text } = await suite.send(page, { ...sure, ...change }).expect(400);
    expect(text).toContain(`id="${field}-error">${says}`);
    expect(text).not.toContain('secret word');
    expect(suite.changes()).toEqual([]);
  });

  it.each([
    ['wrong_password', 403, 'id="password-error">This is not your password.'],
    ['last_sysadmin', 409, 'You are the last administrator'],
    ['last_owner', 409, 'no other owner than you'],
  ])('says %s in words, keeps the name and no password', async (code, status, says) => {
    onChange(suite.gateway, '/auth/me', jsonAnswer({ code }, status));
    const { text } = await suite.send(page, sure).expect(status);
    expect(text).toContain(says);
    expect(text).toContain('value="giles"');
    expect(text).not.toContain('secret word');
  });
});

describe('/account/deleted', () => {
  it('is for who has no account any more', async () => {
    const { headers } = await suite.get('/account/deleted').expect(303);
    expect(headers['location']).toBe('/account');
    suite.gateway.routes['/auth/me'] = jsonAnswer({ code: 'unauthorized' }, 401);
    expect((await suite.get('/account/deleted').expect(200)).text).toContain('Your account is deleted');
  });
});
