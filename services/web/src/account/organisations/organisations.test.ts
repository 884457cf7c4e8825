import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { me } from '../account.testing.ts';
import { jsonAnswer } from '../../gateway-stand-in.testing.ts';
import { onChange, startAccountSuite, type AccountSuite } from '../account-suite.testing.ts';

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => suite.reset());

const page = '/account/organisations';

describe('/account/organisations', () => {
  it('offers those that are not active', async () => {
    const { text } = await suite.get(page).expect(200);
    expect([...text.matchAll(/name="org_id" value="([^"]*)"/g)].map(([, id]) => id)).toEqual(['org_2']);
    expect(text).toContain('aria-label="Switch to it: microdao:studio"');
  });

  it('switches', async () => {
    onChange(suite.gateway, '/auth/me', jsonAnswer(me));
    const { headers } = await suite.send(page, { org_id: 'org_2' }).expect(303);
    expect(headers['location']).toBe(`${page}?done=organisation-switched`);
    expect(suite.sent()).toEqual({ org_id: 'org_2' });
  });

  it.each([
    ['not_a_member', 403],
    ['validation_error', 422],
  ])('says %s in words', async (code, status) => {
    onChange(suite.gateway, '/auth/me', jsonAnswer({ code }, status));
    const { text } = await suite.send(page, { org_id: 'org_9' }).expect(status);
    expect(text).toContain('role="alert">You are not a member of that organisation.');
  });

  it('says so when there are none', async () => {
    suite.gateway.routes['/auth/me'] = jsonAnswer({ ...me, memberships: [], org_id: null });
    expect((await suite.get(page)).text).toContain('You are in no organisation.');
  });
});
