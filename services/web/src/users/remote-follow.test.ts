import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Service } from '@artdag/service-kit';
import { eventually, quietLogger } from '@artdag/testing';
import request from 'supertest';
import { jsonAnswer, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { expectHarmless, hostileTexts } from '../hostile.testing.ts';
import { startWeb } from '../start-web.testing.ts';
import { actor } from './users.testing.ts';

let gateway: GatewayStandIn;
let web: { url: string; service: Service };
/** Waits for no server of a reader’s. */
let hasty: { url: string; service: Service };
const question = '/users/giles/remote-follow?account=me%40mastodon.example';

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: quietLogger() });
  hasty = await startWeb({ GATEWAY_URL: gateway.url, GATEWAY_TIMEOUT_MS: '1000' }, { logger: quietLogger() });
});
beforeEach(() => {
  gateway.answer = jsonAnswer({ code: 'not_found' }, 404);
  gateway.routes = { '/users/giles': jsonAnswer(actor) };
  gateway.asked.length = 0;
});

async function box(from: string, url = web.url): Promise<string> {
  const { text } = await request(url).get('/users/giles').query({ from }).set('accept', 'text/html').expect(200);
  expectHarmless(text);
  return text.replace(/\s+/g, ' ');
}
const guess = (host: string) => `href="https://${host}/authorize_interaction?uri=acct%3Agiles%40l2.example"`;
const questions = () => gateway.asked.filter(({ path }) => path.includes('remote-follow'));

describe('the box on a profile', () => {
  it('leads to where the reader’s own server says, which is told nothing of the page', async () => {
    const url = 'https://social.mastodon.example/interact?who=giles';
    gateway.routes[question] = jsonAnswer({ url });
    const shown = await box('@me@Mastodon.Example');
    expect(shown).toContain('Go on at social.mastodon.example');
    expect(shown).toMatch(new RegExp(`href="${url.replace('?', '\\?')}" rel="[^"]*noreferrer`));
    expect(questions()).toHaveLength(1);
    expect(questions()[0]?.headers).not.toHaveProperty('cookie');
  });

  it.each<[string, ReturnType<typeof jsonAnswer>]>([
    ['does not tell', jsonAnswer({ url: null })],
    ['may not be asked more often', jsonAnswer({ code: 'rate_limited' }, 429)],
    ['cannot be asked', jsonAnswer({ code: 'dependency_unavailable' }, 503)],
    ['is said to have script there', jsonAnswer({ url: 'javascript:alert(1)' })],
    ['is said to have a password there', jsonAnswer({ url: 'https://a:b@evil.example/' })],
  ])('leads to where most servers have it when that server %s', async (_what, answer) => {
    gateway.routes[question] = answer;
    expect(await box('me@mastodon.example')).toContain(guess('mastodon.example'));
  });

  it('leads there as well when that server takes too long', async () => {
    gateway.routes[question] = () => undefined;
    // Who has no time for that server has little for the rest of the page.
    const shown = await eventually(() => box('me@mastodon.example', hasty.url));
    expect(shown).toContain(guess('mastodon.example'));
  });

  it.each([
    ['me@Mastodon.Example', 'mastodon.example'],
    [' @a.b_c-d@sub.host.example:8443 ', 'sub.host.example:8443'],
  ])('takes a handle as people write it: %s', async (from, host) => {
    expect(await box(from)).toContain(guess(host));
  });

  it.each([
    ...['me', '@me', '@me@', '@@host', 'me@host/path', 'me@host?x=1', 'me@host#x', 'me@user:pass@host', 'me@[::1]'],
    ...['javascript:alert(1)@x', 'me@host@other', 'me@ho st', 'me@-', 'me@host:99999', '@me@..', 'https://host/@me'],
    ...hostileTexts,
  ])('asks again for what is no handle, keeps it, and asks nobody: %j', async (from) => {
    const shown = await box(from);
    expect(shown).toContain('A handle looks like');
    expect(shown).not.toContain('Go on');
    expect(questions()).toEqual([]);
    if (from === 'me') expect(shown).toContain('value="me"');
  });

  it('has who has an account here log in', async () => {
    gateway.routes['/users/giles/remote-follow?account=ada%40l2.example'] = jsonAnswer({ code: 'target_invalid' }, 422);
    const shown = await box('@ada@L2.example');
    expect(shown).toContain('id="from-error">This is an account here: <a href="/login">log in</a>');
    expect(shown).not.toContain('Go on');
  });

  it('has no link to a server that is blocked here, and says why', async () => {
    gateway.routes[question] = jsonAnswer({ code: 'host_blocked' }, 403);
    const shown = await box('@me@mastodon.example');
    expect(shown).toContain('id="from-error">Your server is blocked here: nobody can follow from there.');
    expect(shown).toContain('value="@me@mastodon.example"');
    expect(shown).not.toMatch(/Go on|authorize_interaction/);
  });

  it('asks nobody as long as nothing is said', async () => {
    const shown = await box('');
    expect(shown).not.toMatch(/aria-invalid|Go on/);
    expect(questions()).toEqual([]);
  });
});
