import { expect } from '@jest/globals';
import { call, newContentHash, registerAsset } from '../api-client.ts';
import { arrive, newName, takeSession } from './people.ts';
import type { Scene } from './scene.ts';
import { storageKinds } from './storage-kinds.ts';
import type { Walk } from './walk.ts';

const cid = 'bafkreigdvoh7cnza5cwzar65hfdgwpejotszfqx2ha6uuolaofgk54ge6i';
const added = { press: 'Add it', leadsTo: /^\/storage\?id=sto_\w+&done=provider-added$/, says: 'It is added.' };

export async function addStorage(walk: Walk): Promise<void> {
  await arrive(walk);
  await walk.open('/storage/ui/add');
  for (const { type, fill, wrong, says } of storageKinds) {
    await walk.open(`/storage/ui/add?type=${type}`);
    const { '': whole, ...fields } = says;
    const about = {
      status: whole === undefined ? 400 : 422,
      wrong: fields,
      ...(whole === undefined ? {} : { says: whole }),
    };
    await walk.sendWrong({ press: 'Add it', fill: wrong, ...about });
    await walk.send({ ...added, fill: { ...fill, provider_name: `my <b>${type}` } });
  }
  await walk.open('/storage');
}

/** What is wrong with what all kinds have; and the kind that is for administrators. */
export async function addStorageAsAdministrator(walk: Walk, { admin, folder: path }: Scene): Promise<void> {
  const { username } = await arrive(walk);
  await walk.open('/storage/ui/add?type=local');
  const folder = { 'config.path': path, provider_name: 'folder' };
  await walk.sendWrong({ press: 'Add it', fill: folder, status: 403, says: 'This is for administrators' });
  await admin('sysadmin', 'grant', username);
  await takeSession(walk, username);
  await walk.open('/storage/ui/add');
  await walk.follow('Folder');
  const wrongSize = { capacity_gb: 'A whole number from 1 to 1,000,000' };
  const huge = { ...folder, capacity_gb: '1000001' };
  await walk.sendWrong({ press: 'Add it', fill: huge, status: 400, wrong: wrongSize });
  await walk.send({ ...added, fill: { capacity_gb: '50' } });
  await walk.open('/storage/ui/add?type=local');
  const taken = { provider_name: 'You have a provider of this name already.' };
  await walk.sendWrong({ press: 'Add it', fill: folder, status: 409, wrong: taken });
  const long = { provider_name: 'w'.repeat(101) };
  const rule = { provider_name: 'up to 100 characters' };
  await walk.sendWrong({ press: 'Add it', fill: long, status: 400, wrong: rule });
  const nowhere = { provider_name: '', 'config.path': '' };
  const noPath = { 'config.path': 'Give a path on the server.' };
  await walk.sendWrong({ press: 'Add it', fill: nowhere, status: 400, wrong: noPath });
}

export async function manageStorage(walk: Walk): Promise<void> {
  const { token } = await arrive(walk);
  const asset = newName();
  const hash = newContentHash();
  await registerAsset(walk.url, token, asset, hash);
  const config = { endpoint: 'http://localhost:9/psa', token: 'psa-secret-0123456789' };
  const body = { provider_type: 'psa', provider_name: 'w'.repeat(100), config };
  const id = String((await call(walk.url, '/storage', { token, body })).body['id']);
  const other = { ...body, provider_name: 'other' };
  expect((await call(walk.url, '/storage', { token, body: other })).status).toBe(201);
  const pin = { content_hash: hash, ipfs_cid: cid };
  expect((await call(walk.url, `/storage/${id}/pins`, { token, body: pin })).status).toBe(201);

  const page = `/storage?id=${id}`;
  await walk.open(page);
  const press = async (name: string, done: string, says: string): Promise<void> =>
    walk.send({ press: name, leadsTo: `${page}&done=${done}`, says });
  await press('Test it', 'provider-tested', 'It could not be reached');
  await press('Look at the copies', 'copies-due', 'being looked at');
  const off = { method: 'PATCH', token, body: { is_active: false } } as const;
  expect((await call(walk.url, `/storage/${id}`, off)).status).toBe(200);
  // It was switched off elsewhere, and the page still has the button.
  await walk.sendLate({ press: 'Look at the copies', status: 409, says: 'It is switched off' });
  await press('Switch on', 'provider-on', 'It is switched on.');
  await press('Switch off', 'provider-off', 'It is switched off');
  await walk.open(`${page}&copy=${hash}`);

  await walk.open(page);
  await walk.follow('Edit');
  const save = { press: 'Save', status: 400 };
  const wrong = { provider_name: '', 'config.endpoint': 'x', 'config.token': 'two words' };
  const rules = { 'config.endpoint': 'An https URL without', 'config.token': 'printable' };
  await walk.sendWrong({ ...save, fill: { ...wrong, provider_name: 'name' }, wrong: rules });
  const taken = { provider_name: 'other', 'config.endpoint': 'http://localhost:9/psa', capacity_gb: '7' };
  const said = { provider_name: 'You have a provider of this name already.' };
  await walk.sendWrong({ press: 'Save', status: 409, fill: taken, wrong: said });
  await walk.send({ press: 'Save', fill: { provider_name: 'pins' }, leadsTo: `${page}&done=provider-saved` });
  await walk.follow('Remove');
  const removed = 'The storage provider is removed.';
  await walk.send({ press: 'Remove it', leadsTo: '/storage?done=provider-removed', says: removed });
}

/** A secret that is needed no more, ticked on the page of an edit. */
export async function forgetSecret(walk: Walk): Promise<void> {
  const { token } = await arrive(walk);
  const config = { api: 'https://node.example:5001', token: 'a-bearer-0123456789' };
  const { body } = await call(walk.url, '/storage', { token, body: { provider_type: 'ipfs', config } });
  const id = String(body['id']);
  await walk.open(`/storage/ui/edit?id=${id}`);
  const fill = { provider_name: 'node', forget: ['token'], 'config.api': 'x' };
  await walk.sendWrong({ press: 'Save', fill, status: 400, wrong: { 'config.api': 'multiaddr' } });
  const leadsTo = `/storage?id=${id}&done=provider-saved`;
  await walk.send({ press: 'Save', fill: { 'config.api': config.api }, leadsTo });
  const { body: kept } = await call(walk.url, `/storage/${id}`, { token });
  expect(kept['config']).toEqual({ api: config.api });
}
