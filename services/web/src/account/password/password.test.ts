import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jsonAnswer } from '../../gateway-stand-in.testing.ts';
import { startAccountSuite, type AccountSuite } from '../account-suite.testing.ts';

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => suite.reset());

const passwords = { current_password: 'old secret word', new_password: 'new secret word' };

describe('POST /account/password', () => {
  it('changes it, and hands the cookies of the new session through', async () => {
    const cookies = ['session_token=s2; HttpOnly; Path=/', 'platform_token=p2; HttpOnly; Path=/'];
    suite.gateway.routes['/auth/password'] = jsonAnswer({}, 200, { 'set-cookie': cookies });
    const { headers } = await suite.send('/account/password', passwords).expect(303);
    expect(headers['location']).toBe('/account/password?done=password-changed');
    expect(headers['set-cookie']).toEqual(cookies);
    expect(suite.sent()).toEqual(passwords);
  });

  const wrong = (field: string): object[] => [{ loc: ['body', field], msg: '', type: 'too_small' }];
  it.each<[string, number, object[], string, string]>([
    ['wrong_password', 403, [], 'current_password', 'This is not your password.'],
    ['validation_error', 422, wrong('new_password'), 'new_password', 'A password has 8 to 128 characters.'],
    ['validation_error', 422, wrong('current_password'), 'current_password', 'Enter your current password.'],
  ])('says %s at the field, and repeats no password', async (code, status, detail, field, says) => {
    suite.gateway.routes['/auth/password'] = jsonAnswer({ code, detail }, status);
    const { text } = await suite.send('/account/password', passwords);
    expect(text).toContain(`id="${field}-error">${says}`);
    expect(text).not.toContain('secret word');
  });
});
