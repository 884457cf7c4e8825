import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { session } from '../account.testing.ts';
import { jsonAnswer } from '../../gateway-stand-in.testing.ts';
import { onChange, startAccountSuite, type AccountSuite } from '../account-suite.testing.ts';

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => suite.reset());

const ended = jsonAnswer('', 204);

describe('/account/sessions', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      'Chrome on Windows',
    ],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge on Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1', 'Safari on iOS'],
    ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['curl/8.5.0', 'curl'],
    ['Something <b>/1', 'Something &lt;b&gt;/1'],
    [null, 'An unknown device'],
  ])('knows %s as %s', async (user_agent, shown) => {
    suite.gateway.routes['/auth/sessions'] = jsonAnswer({ sessions: [{ ...session, user_agent, ip: null }] });
    const { text } = await suite.get('/account/sessions').expect(200);
    expect(text).toContain(`<strong>${shown}</strong>`);
  });

  it('offers to end the others where there are any, and never the one that asks', async () => {
    const { text } = await suite.get('/account/sessions');
    expect(text).toContain('end-others');
    expect(text).not.toContain('id=ses_1');
    suite.gateway.routes['/auth/sessions'] = jsonAnswer({ sessions: [session] });
    expect((await suite.get('/account/sessions')).text).not.toContain('end-others');
    await suite.get('/account/sessions/end-others').expect(404);
  });

  it('ends one', async () => {
    suite.gateway.routes['/auth/sessions/ses_2'] = ended;
    const { headers } = await suite.send('/account/sessions/end', { id: 'ses_2' }).expect(303);
    expect(headers['location']).toBe('/account/sessions?done=session-ended');
    expect(suite.changes()).toEqual([{ method: 'DELETE', path: '/auth/sessions/ses_2' }]);
  });

  it('ends all others', async () => {
    onChange(suite.gateway, '/auth/sessions', ended);
    const { headers } = await suite.send('/account/sessions/end-others', {}).expect(303);
    expect(headers['location']).toBe('/account/sessions?done=sessions-ended');
    expect(suite.changes()).toEqual([{ method: 'DELETE', path: '/auth/sessions' }]);
  });

  it('has nothing to ask about one that is not there, nor ends it', async () => {
    await suite.get('/account/sessions/end?id=ses_9').expect(404);
    await suite.get('/account/sessions/end').expect(404);
    await suite.send('/account/sessions/end', { id: 'ses_9' }).expect(404);
  });

  it('takes an id for one name, never for another path', async () => {
    await suite.send('/account/sessions/end', { id: '../me' }).expect(404);
    expect(suite.changes()).toEqual([{ method: 'DELETE', path: '/auth/sessions/..%2Fme' }]);
  });

  it('hands the cookies through when it was the own one', async () => {
    const clearing = ['session_token=; Max-Age=0; Path=/'];
    suite.gateway.routes['/auth/sessions/ses_1'] = jsonAnswer('', 204, { 'set-cookie': clearing });
    const { headers } = await suite.send('/account/sessions/end', { id: 'ses_1' }).expect(303);
    expect(headers['set-cookie']).toEqual(clearing);
  });
});
