import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { publicKey } from '../account.testing.ts';
import { jsonAnswer } from '../../gateway-stand-in.testing.ts';
import { startAccountSuite, type AccountSuite } from '../account-suite.testing.ts';

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => suite.reset());

const api = '/api/auth/keys/giles';

describe('/account/keys', () => {
  it('shows fingerprints and the commands that add a key', async () => {
    const { text } = await suite.get('/account/keys').expect(200);
    expect(text).toContain(publicKey.fingerprint);
    expect(text).toContain('artdag login --server https://l2.example --username giles');
    expect(text).toContain('href="/account/keys/revoke?id=key_1"');
  });

  it('says so when there is none', async () => {
    suite.gateway.routes[api] = jsonAnswer({ keys: [] });
    expect((await suite.get('/account/keys')).text).toContain('You have no key of your own here.');
  });

  it('warns before the last one goes, not before another', async () => {
    expect((await suite.get('/account/keys/revoke?id=key_1')).text).toContain('It is your last key');
    suite.gateway.routes[api] = jsonAnswer({ keys: [publicKey, { ...publicKey, key_id: 'key_2', label: null }] });
    const { text } = await suite.get('/account/keys/revoke?id=key_2').expect(200);
    expect(text).not.toContain('It is your last key');
    expect(text).toContain('A key without a name');
  });

  it('revokes one', async () => {
    suite.gateway.routes[`${api}/key_1`] = jsonAnswer('', 204);
    const { headers } = await suite.send('/account/keys/revoke', { id: 'key_1' }).expect(303);
    expect(headers['location']).toBe('/account/keys?done=key-revoked');
    expect(suite.changes()).toEqual([{ method: 'DELETE', path: `${api}/key_1` }]);
  });

  it('has no question about one that is revoked or unknown', async () => {
    suite.gateway.routes[api] = jsonAnswer({ keys: [{ ...publicKey, revoked_at: publicKey.created_at }] });
    await suite.get('/account/keys/revoke?id=key_1').expect(404);
    await suite.get('/account/keys/revoke?id=key_9').expect(404);
  });
});
