import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { logIn, newAccount, type Account } from '../api-client.ts';
import type { Walk } from './walk.ts';

export const password = 'correct horse battery staple';

export const newName = (): string => `u${randomUUID().slice(0, 8)}`;

/** Registers somebody by the form, who is logged in then. Returns the user name. */
export async function registerBy(walk: Walk, username = newName()): Promise<string> {
  await walk.open('/register');
  await walk.send({ fill: { username, password }, press: 'Register', leadsTo: '/' });
  return username;
}

/** Somebody new, who is logged in here, and has a token for what has no form. */
export async function arrive(walk: Walk): Promise<Account> {
  const account = await newAccount(walk.url);
  await setCookies(walk, account.cookie);
  return account;
}

/** A new session of somebody's in place of the one that there is. */
export async function takeSession(walk: Walk, username: string): Promise<void> {
  await setCookies(walk, (await logIn(walk.url, username)).cookie);
}

/** Logs out elsewhere, so that the browser still has the cookie. */
export async function endSession(walk: Walk): Promise<void> {
  const cookies = await walk.page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const headers = { cookie, origin: walk.url };
  const { status } = await fetch(`${walk.url}/auth/logout`, { method: 'POST', headers });
  expect(status).toBe(200);
}

async function setCookies(walk: Walk, cookie: string): Promise<void> {
  const pairs = cookie.split('; ').map((pair) => pair.split('=', 2));
  const context = walk.page.context();
  await context.clearCookies();
  await context.addCookies(pairs.map(([name = '', value = '']) => ({ name, value, url: walk.url })));
}
