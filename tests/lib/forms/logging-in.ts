import { expect } from '@jest/globals';
import { arrive, newName, password, registerBy } from './people.ts';
import type { Walk } from './walk.ts';

const nameRule = 'has 3 to 30';
const wordRule = 'A password has 8 to 128 characters.';
const addressRule = 'This is no e-mail address.';

export async function register(walk: Walk): Promise<void> {
  const taken = await registerBy(walk);
  await walk.open('/account');
  const email = `${taken}@example.org`;
  await walk.send({ fill: { email }, press: 'Save', leadsTo: '/account?done=profile-saved' });
  await walk.open('/register');
  expect(await walk.page.innerText('h1')).toBe('You are logged in');
  await walk.send({ press: 'Log out', leadsTo: '/' });

  await walk.open('/register?return_to=%2Faccount%2Ftokens');
  const wrong: [fill: Record<string, string>, wrong: Record<string, string>][] = [
    [{}, { username: nameRule, password: wordRule }],
    [{ username: taken, password }, { username: 'This user name is taken.' }],
    [{ username: newName(), password, email }, { email: 'There is an account with this e-mail address' }],
    [
      { username: 'x'.repeat(31), password: 'w'.repeat(129), email: '@' },
      { username: nameRule, password: wordRule, email: addressRule },
    ],
    [
      { username: '<b>"&amp;', password, email: '"><i>' },
      { username: nameRule, email: addressRule },
    ],
    [
      { username: 'admin', password: 'short', email: '' },
      { username: 'reserved', password: wordRule },
    ],
  ];
  for (const [fill, says] of wrong) await walk.sendWrong({ fill, press: 'Register', status: 400, wrong: says });
  const fill = { username: newName(), password };
  await walk.send({ fill, press: 'Register', leadsTo: '/account/tokens', says: 'A new one' });
}

export async function logInAndOut(walk: Walk): Promise<void> {
  const { username } = await arrive(walk);
  await walk.open('/users');
  await walk.send({ press: 'Log out', within: 'header', leadsTo: '/' });
  await walk.open('/account/password', 200);
  expect(new URL(walk.page.url()).pathname).toBe('/login');
  await walk.sendWrong({
    ...{ fill: {}, press: 'Log in', status: 401 },
    wrong: { username: 'Enter your user name', password: 'Enter your password.' },
  });
  const says = 'The user name or the password is wrong.';
  for (const fill of [
    { username, password: 'wrong' },
    { username: newName(), password },
    { username: 'w'.repeat(300), password: 'w'.repeat(300) },
  ])
    await walk.sendWrong({ fill, press: 'Log in', status: 401, says });
  await walk.send({ fill: { username, password }, press: 'Log in', leadsTo: '/account/password' });

  await walk.open('/login?again=1');
  await walk.send({ fill: { username, password }, press: 'Log in', leadsTo: '/' });
  await walk.open('/login');
  await walk.send({ press: 'Log out', leadsTo: '/' });

  // Another site leads here: it may ask, and not do.
  await arrive(walk);
  const elsewhere = 'http://elsewhere.example/';
  await walk.page.route(elsewhere, (route) =>
    route.fulfill({ body: `<a href="${walk.url}/logout">x</a>`, contentType: 'text/html' }),
  );
  await walk.page.goto(elsewhere);
  await walk.page.click('a');
  await walk.page.waitForURL(`${walk.url}/logout`);
  expect(await walk.page.innerText('h1')).toBe('Log out?');
  await walk.look();
  await walk.send({ press: 'Log out', leadsTo: '/' });
}
