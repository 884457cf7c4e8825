import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, registerAsset } from '../api-client.ts';
import { arrive, newName, takeSession } from './people.ts';
import type { Scene } from './scene.ts';
import type { Walk } from './walk.ts';

export async function anchors(walk: Walk, { admin }: Scene): Promise<void> {
  const { username, token } = await arrive(walk);
  await admin('sysadmin', 'grant', username);
  await takeSession(walk, username);
  const { body } = await registerAsset(walk.url, token, newName());
  await eventually(async () => {
    const { body: proof } = await call(walk.url, `/activities/${String(body['activity_id'])}/anchor`);
    expect(proof).toMatchObject({ log_index: expect.any(Number) });
  });
  await walk.open('/anchors');
  await walk.follow('Manage anchors');
  await walk.send({ press: 'Anchor now', leadsTo: /^\/anchors\?root=[0-9a-f]{64}$/, says: 'Signed checkpoint' });
  const page = new URL(walk.page.url()).pathname + new URL(walk.page.url()).search;
  const asked = { press: 'Ask the calendars again', leadsTo: `${page}&done=calendars-asked` };
  await walk.send({ ...asked, says: 'The calendars are being asked again.' });
  await walk.open('/anchors/ui');
  await walk.sendWrong({ press: 'Anchor now', status: 409, says: 'Everything in the log is anchored' });
  await walk.open(page);
  // Who is no administrator any more still has the page.
  await arrive(walk);
  await walk.sendLate({ press: 'Ask the calendars again', status: 403, says: 'Only administrators' });
  await walk.open('/anchors/ui');
  await walk.sendWrong({ press: 'Anchor now', status: 429, says: 'The last anchor is young.' });
}
