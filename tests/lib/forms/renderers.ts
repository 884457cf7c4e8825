import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { arrive, endSession, password } from './people.ts';
import type { Scene } from './scene.ts';
import type { Walk } from './walk.ts';

export async function renderers(walk: Walk, { l1, silentL1, admin }: Scene): Promise<void> {
  const { username } = await arrive(walk);
  await walk.open('/renderers');
  expect(await walk.page.locator('.cards > li').count()).toBe(2);
  await walk.press({ press: `Attach ${l1}` });
  expect(walk.page.url()).toBe(`${l1}/studio`);
  expect(await walk.page.textContent('#who')).toContain(username);
  await shown(walk, `Open ${l1}`);
  await walk.look();
  await walk.press({ press: `Open ${l1}` });
  expect(walk.page.url()).toBe(`${l1}/studio`);
  await shown(walk, `Detach ${l1}`);
  await walk.send({ press: `Detach ${l1}`, leadsTo: '/renderers', says: 'not attached' });

  // It was switched off since the page was shown.
  await admin('l1', 'set-status', silentL1, 'disabled');
  const refused = { press: `Attach ${silentL1}`, mayComplain: true };
  const leadsTo = '/renderers?refused=l1_not_authorized';
  await walk.send({ ...refused, leadsTo, says: 'is not here any more, or is switched off' });
  await admin('l1', 'set-status', silentL1, 'active');
  await shown(walk, `Attach ${silentL1}`);
  await admin('l1', 'set-status', silentL1, 'draining');
  await walk.send({ ...refused, leadsTo: '/renderers?refused=l1_draining', says: 'takes nobody new' });
  await admin('l1', 'set-status', silentL1, 'active');
  // The session has ended since: its cookie is gone, or no longer good.
  const login = '/login?return_to=%2Frenderers';
  const back = { fill: { username, password }, press: 'Log in', leadsTo: '/renderers' };
  await walk.page.context().clearCookies();
  await walk.send({ press: `Attach ${l1}`, leadsTo: login });
  await walk.send(back);
  await walk.press({ press: `Attach ${l1}` });
  await shown(walk, `Detach ${l1}`);
  await endSession(walk);
  await walk.send({ press: `Detach ${l1}`, leadsTo: login });
  await walk.send(back);
}

/** What renderers and operators do is seen a moment later. */
function shown(walk: Walk, label: string): Promise<void> {
  return eventually(async () => {
    await walk.page.goto(`${walk.url}/renderers`);
    expect(await walk.page.locator(`button[aria-label="${label}"]`).count()).toBe(1);
  });
}
