import { expect } from '@jest/globals';
import { call } from '../api-client.ts';
import { createBrowser } from '../browser.ts';
import { newKey } from '../msign/key.ts';
import { proofOf } from '../msign/client.ts';
import { arrive, newName, password } from './people.ts';
import type { Walk } from './walk.ts';

export async function profile(walk: Walk): Promise<void> {
  const { username: other } = await arrive(walk);
  const email = `${other}@example.org`;
  await walk.open('/account');
  await walk.send({ fill: { email }, press: 'Save', leadsTo: '/account?done=profile-saved' });
  await arrive(walk);
  await walk.open('/account');
  const save = { press: 'Save', status: 400 };
  await walk.sendWrong({ ...save, fill: { display_name: '' }, wrong: { display_name: 'Enter a name.' } });
  const long = { display_name: 'w'.repeat(101), email: 'no address' };
  const wrong = { display_name: 'up to 100 characters', email: 'This is no e-mail address.' };
  await walk.sendWrong({ ...save, fill: long, wrong });
  await walk.sendWrong({
    ...{ press: 'Save', status: 409, fill: { display_name: 'Ada <b>"&amp;', email } },
    wrong: { email: 'There is an account with this e-mail address' },
  });
  const fill = { display_name: 'w'.repeat(100), email: `${'l'.repeat(64)}@${'long.'.repeat(20)}example.org` };
  await walk.send({ fill, press: 'Save', leadsTo: '/account?done=profile-saved', says: 'Your profile is saved.' });
  const nothing = { display_name: 'Ada', email: '' };
  await walk.send({ fill: nothing, press: 'Save', leadsTo: '/account?done=profile-saved' });
}

export async function passwords(walk: Walk): Promise<void> {
  const { username } = await arrive(walk);
  const next = 'another horse battery staple';
  await walk.open('/account/password');
  const button = { press: 'Change the password' };
  await walk.sendWrong({
    ...{ ...button, status: 400, fill: {} },
    wrong: { current_password: 'Enter your current password.', new_password: 'A password has 8 to 128 characters.' },
  });
  const wrong = { current_password: 'This is not your password.' };
  await walk.sendWrong({ ...button, status: 403, fill: { current_password: 'wrong', new_password: next }, wrong });
  const fill = { current_password: password, new_password: next };
  const says = 'Your password is changed.';
  await walk.send({ ...button, fill, leadsTo: '/account/password?done=password-changed', says });
  await walk.page.context().clearCookies();
  await walk.open('/login');
  await walk.send({ fill: { username, password: next }, press: 'Log in', leadsTo: '/' });
}

export async function sessions(walk: Walk): Promise<void> {
  const { username } = await arrive(walk);
  for (const agent of ['curl/8.5.0', `A-very-long-agent/${'w'.repeat(200)}`, 'Mozilla/5.0 Firefox/140.0'])
    await createBrowser(walk.url).post('/login', { username, password }, { 'user-agent': agent });
  await walk.open('/account/sessions');
  await walk.page.locator('main').getByRole('link', { name: 'End', exact: true }).first().click();
  await walk.page.waitForURL(/sessions\/end\?id=/);
  await walk.look();
  const done = '/account/sessions?done=session-ended';
  await walk.send({ press: 'End it', leadsTo: done, says: 'The session is ended.' });
  await walk.follow('End all others');
  await walk.send({ press: 'End them', leadsTo: '/account/sessions?done=sessions-ended', says: 'All other sessions' });
  expect(await walk.page.locator('.rows > li').count()).toBe(1);
}

/** API keys and tokens: the same form, for two kinds of secrets. */
export async function secrets(walk: Walk): Promise<void> {
  await arrive(walk);
  for (const [page, label, maxLength, make, life, done] of [
    ['/account/api-keys', 'description', 200, 'Make an API key', '365', 'api-key-revoked'],
    ['/account/tokens', 'label', 80, 'Make a token', '604800', 'token-revoked'],
  ] as const) {
    await walk.open(page);
    const missing = { [label]: 'Say what it is for.', scopes: 'Choose at least one thing' };
    await walk.sendWrong({ press: make, status: 400, fill: { life }, wrong: missing });
    const scopes = ['read:*', 'storage:manage'];
    const long = { fill: { [label]: 'w'.repeat(maxLength + 1), scopes }, press: make };
    await walk.sendWrong({ ...long, status: 400, wrong: { [label]: `up to ${maxLength} characters` } });
    const fill = { [label]: 'w'.repeat(maxLength) };
    const made = `${page}/made`;
    await walk.send({ press: make, fill, leadsTo: made, says: 'This is the only time' });
    await walk.open(made, 410);
    await walk.open(page);
    await walk.follow('Revoke');
    await walk.send({ press: 'Revoke it', leadsTo: `${page}?done=${done}`, says: 'is revoked' });
    await walk.page.locator('main summary').click();
    await walk.look();
  }
}

export async function publicKeys(walk: Walk): Promise<void> {
  const { token } = await arrive(walk);
  const place = { origin: walk.url, host: new URL(walk.url).host, now: () => new Date() };
  const body = { ...(await proofOf(place, newKey())), label: 'w'.repeat(64) };
  expect((await call(walk.url, '/api/auth/keys', { token, body })).status).toBe(201);
  await walk.open('/account/keys');
  await walk.follow('Revoke');
  const says = 'no signature of it is taken';
  await walk.send({ press: 'Revoke it', leadsTo: '/account/keys?done=key-revoked', says });
}

export async function organisations(walk: Walk): Promise<void> {
  const { token } = await arrive(walk);
  const handle = `o${newName()}`.padEnd(30, 'w');
  const body = { handle, display_name: 'Studio', identity_type: 'org' };
  expect((await call(walk.url, '/api/identities', { token, body })).status).toBe(201);
  await walk.open('/account/organisations');
  const press = `Switch to it: microdao:${handle}`;
  const leadsTo = '/account/organisations?done=organisation-switched';
  await walk.send({ press, leadsTo, says: 'This session now acts for the other organisation.' });
  // A page that is out of date: one is in it no more.
  await walk.page.evaluate(`document.querySelector('[name=org_id]').value = 'org_nobody'`);
  const button = await walk.page.locator('main form button').getAttribute('aria-label');
  await walk.sendWrong({ press: button ?? '', status: 403, says: 'You are not a member of that organisation.' });
}

export async function deletion(walk: Walk): Promise<void> {
  const { username } = await arrive(walk);
  await walk.open('/account/delete');
  const press = 'Delete my account for good';
  const other = { name: 'somebody', password };
  await walk.sendWrong({ press, status: 400, fill: other, wrong: { name: 'This is not your user name.' } });
  await walk.sendWrong({ press, status: 400, fill: { name: username }, wrong: { password: 'Enter your password.' } });
  const wrong = { password: 'This is not your password.' };
  await walk.sendWrong({ press, status: 403, fill: { password: 'wrong' }, wrong });
  const says = 'Your account is deleted';
  await walk.send({ press, fill: { password }, leadsTo: '/account/deleted', says });
}

/** Whose session has ended is led to the login by each form, and back to its page. */
export async function endedSession(walk: Walk): Promise<void> {
  const { username } = await arrive(walk);
  await walk.open('/account');
  await walk.page.context().clearCookies();
  const login = '/login?return_to=%2Faccount';
  await walk.send({ fill: { display_name: 'Late' }, press: 'Save', leadsTo: login });
  await walk.send({ fill: { username, password }, press: 'Log in', leadsTo: '/account' });
}
