import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { onChange, startAccountSuite, type AccountSuite } from '../account/account-suite.testing.ts';
import { me } from '../account/account.testing.ts';
import { provider } from './storage.testing.ts';
import { jsonAnswer } from '../gateway-stand-in.testing.ts';
import { providerKinds } from './provider-kinds.ts';

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => suite.reset());

const secret = 'psa-secret-0123456789';
const given = { type: 'psa', 'config.endpoint': 'https://pins.example/psa', 'config.token': secret };
const issue = (field: string, type = 'too_small', msg = 'x') => [{ loc: ['body', 'config', field], msg, type }];

describe('/storage/ui/add', () => {
  it.each(providerKinds.filter(({ isLocal }) => !isLocal).map((kind) => [kind.type, kind] as const))(
    'has the fields of %s, its secrets unseen',
    async (type, { fields }) => {
      const { text } = await suite.get(`/storage/ui/add?type=${type}`).expect(200);
      const shown = [...text.matchAll(/<input[^>]*name="config\.(\w+)"[^>]*type="(\w+)"/gs)].map(([, name, kind]) => [
        name,
        kind,
      ]);
      expect(shown).toEqual(fields.map(({ name, isSecret }) => [name, isSecret ? 'password' : 'text']));
    },
  );

  it('offers a folder of the server to its administrators only', async () => {
    expect((await suite.get('/storage/ui/add')).text).not.toContain('type=local');
    suite.gateway.routes['/auth/me'] = jsonAnswer({ ...me, is_sysadmin: true });
    expect((await suite.get('/storage/ui/add')).text).toContain('type=local');
  });

  it('adds one, and leads to it', async () => {
    suite.gateway.routes['/storage'] = jsonAnswer(provider, 201);
    const { headers } = await suite.send('/storage/ui/add', {
      ...given,
      provider_name: ' my pins ',
      capacity_gb: '50',
    });
    expect(headers['location']).toBe('/storage?id=sto_1&done=provider-added');
    expect(suite.sent()).toEqual({
      ...{ provider_type: 'psa', provider_name: 'my pins', capacity_gb: 50 },
      config: { endpoint: 'https://pins.example/psa', token: secret },
    });
  });

  it('sends nothing of what was left empty', async () => {
    suite.gateway.routes['/storage'] = jsonAnswer(provider, 201);
    const form = { type: 'pinata', provider_name: '', 'config.jwt': secret, 'config.api_key': '', 'config.other': 'x' };
    await suite.send('/storage/ui/add', form).expect(303);
    expect(suite.sent()).toMatchObject({ provider_name: null, capacity_gb: null });
    expect((suite.sent() as { config: object }).config).toEqual({ jwt: secret });
  });

  it.each([
    ['storage_exists', 409, [], 'id="provider_name-error">You have a provider of this name already.'],
    ['too_many_storages', 409, [], 'You have as many providers as there may be.'],
    ['forbidden', 403, [], 'This is for administrators of the server.'],
    ['validation_error', 422, issue('token'), 'id="config.token-error">Give this as the provider has given it'],
    [
      'validation_error',
      422,
      issue('endpoint', 'custom', 'An https URL <b>.'),
      'id="config.endpoint-error">An https URL &lt;b&gt;.',
    ],
    [
      ...(['validation_error', 422] as const),
      [{ loc: ['body', 'config'], msg: 'Wants either jwt, or api_key and secret_key.', type: 'custom' }],
      'role="alert">Wants either jwt',
    ],
    ['what is new', 409, [], 'The provider could not be saved like this.'],
  ])('says %s (%d) in words, keeps what was typed, and no secret', async (code, status, detail, says) => {
    suite.gateway.routes['/storage'] = jsonAnswer({ code, detail }, status);
    const { text } = await suite.send('/storage/ui/add', { ...given, provider_name: 'typed' });
    expect(text).toContain(says);
    expect(text).toContain('value="https://pins.example/psa"');
    expect(text).toContain('value="typed"');
    expect(text).not.toContain(secret);
  });

  it.each(['0', '-1', '1.5', 'much', '1000001'])('takes no room of %s GB, and asks nobody', async (capacity_gb) => {
    const { text } = await suite.send('/storage/ui/add', { ...given, capacity_gb }).expect(400);
    expect(text).toContain('id="capacity_gb-error"');
    expect(text).not.toContain(secret);
    expect(suite.changes()).toEqual([]);
  });

  it('leads to the choice for a kind that there is not', async () => {
    const { headers } = await suite.send('/storage/ui/add', { ...given, type: 'constructor' }).expect(303);
    expect(headers['location']).toBe('/storage/ui/add');
  });
});

describe('/storage/ui/edit', () => {
  const edit = { id: 'sto_1', provider_name: 'renamed', 'config.endpoint': 'https://pins.example', 'config.token': '' };

  it('changes what was typed, and leaves a secret that was not', async () => {
    onChange(suite.gateway, '/storage/sto_1', jsonAnswer(provider));
    const { headers } = await suite.send('/storage/ui/edit', edit).expect(303);
    expect(headers['location']).toBe('/storage?id=sto_1&done=provider-saved');
    expect(suite.sent()).toEqual({
      ...{ provider_name: 'renamed', capacity_gb: null },
      config: { endpoint: 'https://pins.example' },
    });
    await suite.send('/storage/ui/edit', { ...edit, 'config.token': secret }).expect(303);
    expect(suite.sent()).toMatchObject({ config: { token: secret } });
  });

  it('takes away what was made empty', async () => {
    suite.gateway.routes['/storage/sto_1'] = jsonAnswer({ ...provider, provider_type: 'infura' });
    onChange(suite.gateway, '/storage/sto_1', jsonAnswer(provider));
    await suite.send('/storage/ui/edit', { ...edit, 'config.endpoint': '' }).expect(303);
    expect(suite.sent()).toMatchObject({ config: { endpoint: null } });
  });

  it('forgets a secret that can be done without, if that is asked for and nothing is typed in its place', async () => {
    const node = { ...provider, provider_type: 'ipfs', config: { api: 'https://node.example', token: '****6789' } };
    suite.gateway.routes['/storage/sto_1'] = jsonAnswer(node);
    expect((await suite.get('/storage/ui/edit?id=sto_1')).text).toContain(
      'type="checkbox" name="forget" value="token"',
    );
    onChange(suite.gateway, '/storage/sto_1', jsonAnswer(node));
    const form = { id: 'sto_1', provider_name: 'node', 'config.api': 'https://node.example', forget: 'token' };
    await suite.send('/storage/ui/edit', form).expect(303);
    expect(suite.sent()).toMatchObject({ config: { api: 'https://node.example', token: null } });
    await suite.send('/storage/ui/edit', { ...form, 'config.token': secret }).expect(303);
    expect(suite.sent()).toMatchObject({ config: { token: secret } });
    await suite.send('/storage/ui/edit', { ...form, forget: ['api', 'constructor', 'token2'] }).expect(303);
    expect((suite.sent() as { config: object }).config).toEqual({ api: 'https://node.example' });
    onChange(suite.gateway, '/storage/sto_1', jsonAnswer({ code: 'validation_error', detail: [] }, 422));
    const { text } = await suite.send('/storage/ui/edit', form);
    expect(text).toMatch(/name="forget" value="token" checked/);
  });

  it('offers to forget only what is there and can be done without', async () => {
    for (const change of [{}, { provider_type: 'ipfs', config: { api: 'https://node.example' } }]) {
      suite.gateway.routes['/storage/sto_1'] = jsonAnswer({ ...provider, ...change });
      expect((await suite.get('/storage/ui/edit?id=sto_1').expect(200)).text).not.toContain('name="forget"');
    }
  });

  it('is there for one whose config cannot be opened any more, and for a kind that is new', async () => {
    suite.gateway.routes['/storage/sto_1'] = jsonAnswer({ ...provider, config: null });
    expect((await suite.get('/storage/ui/edit?id=sto_1').expect(200)).text).not.toContain('It stays');
    suite.gateway.routes['/storage/sto_1'] = jsonAnswer({ ...provider, provider_type: 'new' });
    await suite.get('/storage/ui/edit?id=sto_1').expect(200);
  });

  it('is 404 for what is somebody else’s', async () => {
    await suite.get('/storage/ui/edit?id=sto_9').expect(404);
    await suite.send('/storage/ui/edit', { ...edit, id: 'sto_9' }).expect(404);
  });
});

describe('POST /storage/ui', () => {
  it.each([
    ['test', 'POST', '/storage/sto_1/test', {}, 200, 'provider-tested'],
    ['check', 'POST', '/storage/sto_1/check', {}, 202, 'copies-due'],
    ['off', 'PATCH', '/storage/sto_1', { is_active: false }, 200, 'provider-off'],
    ['on', 'PATCH', '/storage/sto_1', { is_active: true }, 200, 'provider-on'],
  ])('%s: %s %s', async (deed, method, path, body, status, done) => {
    onChange(suite.gateway, path, jsonAnswer({}, status));
    const { headers } = await suite.send('/storage/ui', { id: 'sto_1', do: deed }).expect(303);
    expect(headers['location']).toBe(`/storage?id=sto_1&done=${done}`);
    expect([suite.changes(), suite.sent()]).toEqual([[{ method, path }], body]);
  });

  it('says that what is switched off is not looked at', async () => {
    suite.gateway.routes['/storage/sto_1/check'] = jsonAnswer({ code: 'storage_inactive' }, 409);
    const { text } = await suite.send('/storage/ui', { id: 'sto_1', do: 'check' }).expect(409);
    expect(text).toContain('role="alert">It is switched off');
  });

  it('has no other button, and nothing for what is somebody else’s', async () => {
    for (const deed of ['', 'constructor', 'remove'])
      await suite.send('/storage/ui', { id: 'sto_1', do: deed }).expect(400);
    expect(suite.changes()).toEqual([]);
    await suite.send('/storage/ui', { id: 'sto_9', do: 'test' }).expect(404);
    await suite.get('/storage/ui/remove?id=sto_9').expect(404);
  });

  it('offers what can be done now', async () => {
    const offered = async (change: object) => {
      suite.gateway.routes['/storage/sto_1'] = jsonAnswer({ ...provider, ...change });
      const { text } = await suite.get('/storage?id=sto_1').expect(200);
      return [...text.matchAll(/name="do" value="(\w+)"/g)].map(([, deed]) => deed);
    };
    expect(await offered({})).toEqual(['test', 'check', 'off']);
    expect(await offered({ is_active: false })).toEqual(['test', 'on']);
    expect(await offered({ pins: { ...provider.pins, total: 0 } })).toEqual(['test', 'off']);
  });
});

it('removes one, and leads to the rest', async () => {
  suite.gateway.routes['/storage/sto_1?force=true'] = jsonAnswer('', 204);
  const { headers } = await suite.send('/storage/ui/remove', { id: 'sto_1' }).expect(303);
  expect(headers['location']).toBe('/storage?done=provider-removed');
});
