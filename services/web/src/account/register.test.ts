import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import { jsonAnswer, serverInfo, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { startWeb } from '../start-web.testing.ts';

let gateway: GatewayStandIn;
let web: { url: string; service: Service };

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: quietLogger() });
});

afterEach(() => {
  gateway.answer = jsonAnswer(serverInfo);
  gateway.routes = {};
  gateway.asked.length = 0;
});

const post = (fields: Record<string, string>) =>
  request(web.url).post('/register').type('form').set('origin', 'https://l2.example').send(fields);

const issue = (field: string, msg: string, type: string) => ({ loc: ['body', field], msg, type });

describe('GET /register', () => {
  it('has a labelled form that password managers know', async () => {
    const { text } = await request(web.url).get('/register?return_to=/assets').expect(200);
    for (const [name, autocomplete] of [
      ['username', 'username'],
      ['password', 'new-password'],
      ['email', 'email'],
    ]) {
      expect(text).toContain(`<label for="${name}">`);
      expect(text).toMatch(new RegExp(`<input[^>]*id="${name}"[^>]*autocomplete="${autocomplete}"`, 's'));
    }
    expect(text).toContain('name="return_to" value="/assets"');
    expect(text).toContain('href="/login?return_to=%2Fassets"');
  });
});

describe('POST /register', () => {
  it('registers through the API, hands the cookies through and goes on', async () => {
    const cookies = ['session_token=s1; Path=/', 'platform_token=p; Path=/'];
    gateway.routes['/auth/register'] = jsonAnswer({ session_token: 's1' }, 201, { 'set-cookie': cookies });
    const answer = await post({ username: ' ada ', password: ' a long one ', email: '', return_to: '/assets' });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/assets']);
    expect(answer.headers['set-cookie']).toEqual(cookies);
    // A password is taken as it was typed, an address that was left out is not sent.
    expect(JSON.parse(gateway.asked[0]?.body ?? '')).toEqual({ username: 'ada', password: ' a long one ' });
  });

  it('says at each field what is wrong with it, and opens at the first', async () => {
    const detail = [
      issue('password', 'Too small: expected string to have >=8 characters', 'too_small'),
      issue('email', 'Invalid email address', 'invalid_format'),
      issue('__proto__', 'x', 'custom'),
    ];
    gateway.routes['/auth/register'] = jsonAnswer({ detail, code: 'validation_error' }, 422);
    const { status, text } = await post({ username: 'ada', password: 'sh0rt', email: 'no"pe' });
    expect(status).toBe(400);
    expect(text).toContain('id="password-error">A password has 8 to 128 characters.');
    expect(text).toContain('id="email-error">This is no e-mail address.');
    expect(text).toMatch(/<input[^>]*id="password"[^>]*aria-describedby="password-hint password-error"[^>]*autofocus/s);
    expect(text.match(/autofocus/g)).toHaveLength(1);
    expect(text).toContain('value="ada"');
    expect(text).toContain('value="no&quot;pe"');
    expect(text).not.toContain('sh0rt');
  });

  it.each([
    [422, { detail: [issue('username', 'This username is reserved; choose another one.', 'custom')] }, 'is reserved'],
    [422, { detail: [issue('username', 'Too big', 'too_big')] }, '3 to 30 letters'],
    [409, { code: 'handle_taken', detail: 'x' }, 'This user name is taken'],
    [409, { code: 'email_taken', detail: 'x' }, 'account with this e-mail address'],
    [422, { detail: 'other' }, 'could not be made'],
    [400, 'null', 'could not be made'],
  ])('maps %d %j to 400 with words', async (status, body, words) => {
    gateway.routes['/auth/register'] = jsonAnswer(body, status);
    const answer = await post({ username: 'ada', password: 'a long one' }).expect(400);
    expect(answer.text).toContain(words);
    expect(answer.text).toContain('autofocus'.repeat(words.includes('could') ? 0 : 1));
  });

  it('tells how long to wait', async () => {
    gateway.routes['/auth/register'] = jsonAnswer({ code: 'rate_limited' }, 429, { 'retry-after': '61' });
    const answer = await post({ username: 'ada', password: 'a long one' }).expect(429);
    expect(answer.text).toContain('Try again in 61 seconds.');
    expect(answer.headers['retry-after']).toBe('61');
  });

  it('refuses the form of another site', async () => {
    const answer = await post({ username: 'ada', password: 'a long one' }).set('origin', 'https://evil.example');
    expect(answer.status).toBe(403);
    expect(gateway.asked).toEqual([]);
  });
});
