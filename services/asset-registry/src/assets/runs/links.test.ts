import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deletionOf, erasuresFinished, eraseByName, everyRow, found } from '../../erasure/erasing.testing.ts';
import { publish } from '../../testing/publish.testing.ts';
import type { Json } from '../../testing/suite.testing.ts';
import { newHash, newName, startRunSuite, type RunSuite } from './runs.testing.ts';

let suite: RunSuite;

beforeAll(async () => {
  suite = await startRunSuite();
});
afterAll(() => suite?.remove());

const names = (list: unknown): string[] => (list as { name: string }[]).map(({ name }) => name);

async function links(name: string, who?: string): Promise<{ from: string[]; into: string[] }> {
  const { body } = await suite.get(`/assets/${name}`, who === undefined ? {} : suite.as(who)).expect(200);
  return { from: names(body.made_from), into: names(body.used_in) };
}

/** Records a run of giles's from these contents. */
async function cut(inputs: unknown[], change: Json = {}): Promise<string> {
  const name = newName();
  await suite.recorded('giles', name, { output_hash: newHash(), inputs, ...change });
  return name;
}

describe('what was made from what', () => {
  it('links the run’s inputs that are registered, in their order, both ways', async () => {
    const [dog, cat] = [await suite.registered('anya'), await suite.registered('giles')];
    const name = await cut([
      { name: 'x', hash: cat.contentHash },
      newHash(),
      `sha3-256:${dog.contentHash}`,
      cat.contentHash,
    ]);
    expect(await links(name)).toEqual({ from: [cat.name, dog.name], into: [] });
    expect(await links(dog.name)).toEqual({ from: [], into: [name] });
    const { body } = await suite.get(`/assets/${name}`);
    expect(body.made_from[1]).toEqual({
      ...{ name: dog.name, content_hash: dog.contentHash, asset_type: 'video' },
      ...{ owner: 'anya', owner_id: 'https://l2.example.com/users/anya' },
    });
  });

  it('an input that is registered later is linked from then on', async () => {
    const content_hash = newHash();
    const name = await cut([content_hash]);
    expect(await links(name)).toEqual({ from: [], into: [] });
    const later = await suite.registered('anya', { content_hash });
    expect(await links(name)).toEqual({ from: [later.name], into: [] });
    expect(await links(later.name)).toEqual({ from: [], into: [name] });
  });

  it('an output can be the next run’s input', async () => {
    const first = await suite.recorded('giles', newName(), { output_hash: newHash() });
    const second = await cut([first['content_hash']]);
    expect(await links(String(first['name']))).toEqual({ from: [], into: [second] });
    expect(await links(second)).toEqual({ from: [first['name']], into: [] });
  });

  it('a run that names its own output as input does not make a work of itself', async () => {
    const hash = newHash();
    const name = await cut([hash], { output_hash: hash });
    expect(await links(name)).toEqual({ from: [], into: [] });
  });

  it('of several assets of a content the earliest that stands is shown', async () => {
    const content_hash = newHash();
    const [one, two] = [
      await suite.registered('anya', { content_hash }),
      await suite.registered('anya', { content_hash }),
    ];
    const name = await cut([content_hash]);
    expect((await links(name)).from).toEqual([one.name]);
    await suite.delete(`/assets/${one.name}`, suite.as('anya')).expect(204);
    expect((await links(name)).from).toEqual([two.name]);
    expect((await links(two.name)).into).toEqual([name]);
  });

  it('unlisted works are linked for their owner alone', async () => {
    const hidden = await suite.registered('anya', { visibility: 'unlisted' });
    const name = await cut([hidden.contentHash]);
    expect((await links(name)).from).toEqual([]);
    expect((await links(name, 'giles')).from).toEqual([]);
    expect((await links(name, 'anya')).from).toEqual([hidden.name]);
    await suite.patch(`/assets/${name}`, { visibility: 'unlisted' }, suite.as('giles')).expect(200);
    expect((await links(hidden.name, 'anya')).into).toEqual([]);
    expect((await links(hidden.name, 'giles')).into).toEqual([name]);
  });
});

describe('a long list', () => {
  it('is cut in the asset, which says where the rest is, and paged without gaps', async () => {
    const dog = await suite.registered('anya');
    const made: string[] = [];
    for (let i = 0; i < 23; i += 1) made.unshift(await cut([dog.contentHash]));
    const { body } = await suite.get(`/assets/${dog.name}`);
    const seen = names(body.used_in);
    expect(seen).toEqual(made.slice(0, 20));
    const rest = await suite.get(body.used_in_next).expect(200);
    expect([...seen, ...names(rest.body.assets)]).toEqual(made);
    expect(rest.body).toMatchObject({ next: null, next_cursor: null });

    const all: string[] = [];
    for (let path: string | null = `/assets/${dog.name}/used-in?limit=5`; path !== null;) {
      const page = await suite.get(path).expect(200);
      all.push(...names(page.body.assets));
      path = page.body.next as string | null;
      if (path !== null) expect(page.headers['link']).toBe(`<${path}>; rel="next"`);
    }
    expect(all).toEqual(made);
  });

  it('of inputs goes by their order', async () => {
    const dogs = [];
    for (let i = 0; i < 22; i += 1) dogs.push(await suite.registered('anya'));
    const name = await cut(dogs.map(({ contentHash }) => contentHash));
    const { body } = await suite.get(`/assets/${name}`);
    const rest = await suite.get(body.made_from_next).expect(200);
    expect([...names(body.made_from), ...names(rest.body.assets)]).toEqual(dogs.map((dog) => dog.name));
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'cursor=', 'cursor=__proto__', 'cursor=a&cursor=b'])(
    'with %s: 422',
    async (query) => {
      const { name } = await suite.registered('anya');
      for (const path of ['made-from', 'used-in']) await suite.get(`/assets/${name}/${path}?${query}`).expect(422);
    },
  );

  it('of nothing: 404; of a deleted work: 410', async () => {
    const { name } = await suite.registered('anya');
    await suite.get('/assets/nothing-here/used-in').expect(404);
    await suite.delete(`/assets/${name}`, suite.as('anya')).expect(204);
    await suite.get(`/assets/${name}/used-in`).expect(410);
    await suite.get(`/assets/${name}/made-from`).expect(410);
  });
});

describe('erasing', () => {
  const marked = ['Zaphod-recipe', 'Zaphod-run', 'Zaphod-input', 'Zaphod-output', 'Zaphod-cid', 'Zaphod-gpu'];
  const [recipe, , input, , cid, gpu] = marked;

  async function recordMarked(who: string): Promise<{ inputName: string; outName: string }> {
    const dog = await suite.registered('anya');
    const run = {
      output_hash: newHash(),
      inputs: [{ name: input, hash: dog.contentHash }],
      recipe,
      provenance_cid: cid,
    };
    suite.bridge.finished('Zaphod-run', { ...run, infrastructure: { hardware: { gpu } } });
    const body = { run_id: 'Zaphod-run', l1_server: 'https://l1.example', output_name: 'Zaphod-output' };
    await suite.record(who, body).expect(201);
    expect(found(await everyRow(suite.tables), marked)).toEqual(marked);
    return { inputName: dog.name, outName: body.output_name };
  }

  it('an asset leaves no word of its run in any row, and no link', async () => {
    const { inputName, outName } = await recordMarked('giles');
    const next = await cut([newHash()]);
    await eraseByName(suite, outName);
    await erasuresFinished(suite.tables);
    expect(found(await everyRow(suite.tables), marked)).toEqual([]);
    expect((await links(inputName)).into).toEqual([]);
    await suite.get(`/assets/${next}`).expect(200);
    // The name stays taken, also for the same run.
    const again = { run_id: 'Zaphod-run', l1_server: 'https://l1.example', output_name: outName };
    expect((await suite.record('giles', again).expect(409)).body.code).toBe('asset_exists');
    expect(found(await everyRow(suite.tables), marked)).toEqual([]);
  });

  it('an input is linked no more, and what was made from it stands', async () => {
    const dog = await suite.registered('anya');
    const name = await cut([dog.contentHash]);
    await eraseByName(suite, dog.name);
    expect(await links(name)).toEqual({ from: [], into: [] });
    await suite.get(`/assets/${dog.name}/used-in`).expect(410);
  });

  it('an account takes its runs with it', async () => {
    const dog = await suite.registered('anya');
    const name = newName();
    const run = {
      output_hash: newHash(),
      inputs: [{ name: 'Marvin-input', hash: dog.contentHash }],
      recipe: 'Marvin-recipe',
    };
    await suite.recorded('marvin', name, run);
    suite.identity.disabled.add('user:marvin');
    await publish(suite.transport, deletionOf('marvin'));
    await erasuresFinished(suite.tables);
    expect(found(await everyRow(suite.tables), ['Marvin-input', 'Marvin-recipe', name])).toEqual([]);
    expect((await links(dog.name)).into).toEqual([]);
  });
});
