import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { newContentHash } from '../api-client.ts';
import { arrive, newName } from './people.ts';
import type { Walk } from './walk.ts';

/** A file is chosen, hashed and claimed. */
export async function claimFile(walk: Walk): Promise<void> {
  await arrive(walk);
  const folder = mkdtempSync(join(tmpdir(), 'artdag-forms-'));
  const name = newName();
  writeFileSync(join(folder, `${name}.png`), name);
  await walk.open('/claim');
  expect(
    await walk.page.evaluate<number>(`
      document.querySelector('.drop + details').getBoundingClientRect().top -
      document.querySelector('.drop').getBoundingClientRect().bottom`),
  ).toBeGreaterThanOrEqual(8);
  await walk.page.setInputFiles('#file', join(folder, `${name}.png`));
  const hash = createHash('sha3-256').update(name).digest('hex');
  await eventually(async () => expect(await walk.page.inputValue('#content_hash')).toBe(hash));
  rmSync(folder, { recursive: true });
  await walk.look();
  const wrong = { name: 'A name has 1 to 128' };
  await walk.sendWrong({ press: 'Claim it', fill: { name: 'no name' }, status: 422, wrong });
  const fill = { name: `${name}.png` };
  await walk.send({ press: 'Claim it', fill, leadsTo: `/asset/${name}.png`, says: 'image' });
}

/** What is tried on the pages of the API, where the answer comes into the same page. */
export async function tryOperations(walk: Walk): Promise<void> {
  const { token } = await arrive(walk);
  const { page } = walk;
  const send = async (operation: string, fields: Record<string, string>, answer: string): Promise<void> => {
    await walk.open(`/docs/${operation}`);
    for (const [id, value] of Object.entries(fields)) await page.fill(`#try-${id}`, value);
    await walk.pressInPage({ press: 'Send' });
    await eventually(async () => expect(await page.innerText('.answer-status')).toBe(answer));
    await walk.look();
  };
  const work = { name: newName(), content_hash: newContentHash(), asset_type: 'image' };
  await send('registerAsset', { body: JSON.stringify(work) }, '201 Created');
  await send('registerAsset', { body: `{"name": "${'w'.repeat(300)}"` }, '400 Bad Request');
  await send('getAsset', { name: work.name }, '200 OK');
  await send('getAsset', { name: 'w'.repeat(128) }, '404 Not Found');
  await send('listAssets', { q: '"><b>' }, '200 OK');
  await page.selectOption('#try-as', 'bearer');
  await page.fill('#try-secret', token);
  await walk.pressInPage({ press: 'Send' });
  await eventually(async () => expect(await page.innerText('.answer-status')).toBe('200 OK'));
}

/** A secret that is shown once, and copied with a click. */
export async function copySecret(walk: Walk): Promise<void> {
  const { username } = await arrive(walk);
  await walk.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await walk.open('/account/tokens');
  const fill = { label: 'job', scopes: ['read:*'] };
  const leadsTo = '/account/tokens/made';
  await walk.send({ press: 'Make a token', fill, leadsTo, says: 'This is the only time' });
  await walk.page.click('button.copy');
  await eventually(async () => {
    const copied = await walk.page.evaluate<string>('navigator.clipboard.readText()');
    expect(JSON.parse(Buffer.from(copied.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ username });
  });
  await walk.look();
}
