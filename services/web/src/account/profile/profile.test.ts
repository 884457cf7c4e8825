import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jsonAnswer } from '../../gateway-stand-in.testing.ts';
import { me } from '../account.testing.ts';
import { onChange, startAccountSuite, type AccountSuite } from '../account-suite.testing.ts';

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => {
  suite.reset();
  onChange(suite.gateway, '/auth/me', jsonAnswer(me));
});

const asIs = { display_name: 'Giles G.', email: 'giles@example.org' };

describe('POST /account', () => {
  it.each([
    [{ display_name: 'New' }, { display_name: 'New' }],
    [{ email: ' new@example.org ' }, { email: 'new@example.org' }],
    [{ email: '' }, { email: null }],
  ])('changes what differs and nothing else: %j', async (change, sent) => {
    const { headers } = await suite.send('/account', { ...asIs, ...change }).expect(303);
    expect(headers['location']).toBe('/account?done=profile-saved');
    expect(suite.sent()).toEqual(sent);
  });

  it('asks for nothing where nothing differs', async () => {
    await suite.send('/account', { ...asIs, email: 'Giles@Example.org' }).expect(303);
    expect(suite.changes()).toEqual([]);
  });

  it.each([
    ['email_taken', 409, [], 'email', 'There is an account with this e-mail address already.'],
    ['validation_error', 422, [{ loc: ['body', 'email'], msg: '', type: 'x' }], 'email', 'This is no e-mail address.'],
    [
      'validation_error',
      422,
      [{ loc: ['body', 'display_name'], msg: '', type: 'x' }],
      'display_name',
      'A name has up to',
    ],
  ])('says %s at the field, and keeps what was typed', async (code, status, detail, field, says) => {
    onChange(suite.gateway, '/auth/me', jsonAnswer({ code, detail }, status));
    const { text } = await suite.send('/account', { display_name: 'Typed <b>', email: 'typed@x' });
    expect(text).toMatch(new RegExp(`id="${field}-error">${says}`));
    expect(text).toContain('value="Typed &lt;b&gt;"');
    expect(text).toContain('value="typed@x"');
    expect(text.match(/autofocus/g)).toHaveLength(1);
  });

  it('wants a name', async () => {
    const { text } = await suite.send('/account', { ...asIs, display_name: ' ' }).expect(400);
    expect(text).toContain('id="display_name-error">Enter a name.');
    expect(suite.changes()).toEqual([]);
  });
});
