import { expect } from '@jest/globals';
import { newContentHash, registerAsset } from '../api-client.ts';
import { arrive, newName } from './people.ts';
import type { Walk } from './walk.ts';

const claim = { press: 'Claim it' };

/** By a hash that was made by hand. */
export async function claimByHand(walk: Walk): Promise<void> {
  const { token } = await arrive(walk);
  const [taken, name, hash, theirs] = [newName(), newName(), newContentHash(), newContentHash()];
  await registerAsset(walk.url, token, taken, theirs);
  await arrive(walk);
  await walk.open('/claim');
  const blank = { content_hash: 'Choose a file', name: 'A name has 1 to 128' };
  await walk.sendWrong({ ...claim, status: 422, wrong: blank });
  const fill = {
    ...{
      content_hash: 'z'.repeat(64),
      name: 'w'.repeat(129),
      tags: 'w'.repeat(65),
      description: `\n${'w'.repeat(4001)}`,
    },
    ...{ url: 'javascript:alert(1)', 'origin.url': 'x', 'origin.note': 'n'.repeat(1001) },
    ...{ asset_type: 'video', 'origin.type': 'external', visibility: 'unlisted' },
  };
  const noAddress = 'begins with http://, https:// or ipfs://';
  const all = {
    ...{ ...blank, tags: 'At most 64 characters', description: 'At most 4000 characters' },
    ...{ url: noAddress, 'origin.url': noAddress, 'origin.note': 'At most 1000 characters' },
  };
  await walk.sendWrong({ ...claim, fill, status: 422, wrong: all });
  const better = {
    ...{ content_hash: hash, name: taken, tags: 'flowers, paper', description: 'Rosa\n\n<b>gallica' },
    ...{ url: 'https://media.example/x.png', 'origin.url': 'https://a.example', 'origin.note': 'Found.' },
  };
  await walk.sendWrong({ ...claim, fill: better, status: 409, wrong: { name: 'This name is taken' } });
  const owned = { content_hash: 'Somebody else has claimed' };
  await walk.sendWrong({ ...claim, fill: { name, content_hash: theirs }, status: 409, wrong: owned });
  await walk.send({ ...claim, fill: { content_hash: hash }, leadsTo: `/asset/${name}`, says: 'Rosa' });
  await walk.open('/claim');
  await walk.page.context().clearCookies();
  const late = { content_hash: newContentHash(), name: newName() };
  await walk.sendWrong({ ...claim, fill: late, status: 401, says: 'You are not logged in any more.' });
  expect(await walk.page.inputValue('#name')).toBe(late.name);
}
