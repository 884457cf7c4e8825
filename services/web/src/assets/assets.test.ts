import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import { logPlace } from '../activities/activities.testing.ts';
import { asset, assetDetail, assetList } from './assets.testing.ts';
import { jsonAnswer, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { hostileTexts } from '../hostile.testing.ts';
import { startWeb } from '../start-web.testing.ts';

let gateway: GatewayStandIn;
let web: { url: string; service: Service };

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: quietLogger() });
});

beforeEach(() => {
  gateway.routes = {};
  gateway.answer = jsonAnswer(assetList);
  gateway.asked.length = 0;
});

const visit = (path: string) => request(web.url).get(path).set('accept', 'text/html');

describe('GET /assets', () => {
  it('asks for what the reader has chosen, and keeps it in the form and in the link to the next page', async () => {
    gateway.answer = jsonAnswer({ ...assetList, next_cursor: 'abc' });
    const { text } = await visit(
      '/assets?q=first+light&asset_type=video&tag=art&owner=%40giles&sort=name&cursor=xyz',
    ).expect(200);
    const chosen = 'q=first+light&asset_type=video&tag=art&owner=giles&sort=name';
    expect(gateway.asked.map(({ path }) => path)).toEqual([`/assets?${chosen}&limit=24&cursor=xyz`]);
    expect(text).toContain('value="first light"');
    expect(text).toMatch(/<option value="video"\s+selected/);
    expect(text).toContain(`href="/assets?${chosen}&cursor=abc"`.replaceAll('&', '&amp;'));
    expect(text).toContain(`href="/assets?${chosen}"`.replaceAll('&', '&amp;'));
  });

  it('leaves out what the form has left empty, and takes the first of several', async () => {
    await visit('/assets?q=&tag=&owner=a&owner=b&sort=&asset_type[]=x').expect(200);
    expect(gateway.asked.map(({ path }) => path)).toEqual(['/assets?owner=a&limit=24']);
  });

  it('shows hostile filters as what they are', async () => {
    for (const text of hostileTexts) {
      const query = new URLSearchParams({
        q: text.toWellFormed(),
        owner: text.toWellFormed(),
        tag: text.toWellFormed(),
      });
      const page = await visit(`/assets?${query.toString()}`).expect(200);
      expect(page.text).not.toMatch(/<script>|<img|<svg onload/);
    }
  });

  it.each([
    ['/assets', 'Nothing has been registered yet.'],
    ['/assets?q=x', 'Nothing matches.'],
    ['/assets?sort=name', 'Nothing has been registered yet.'],
    ['/assets?cursor=x', 'There are no more assets.'],
  ])('says at %s why there is nothing', async (path, says) => {
    gateway.answer = jsonAnswer({ ...assetList, assets: [], total: 0 });
    expect((await visit(path).expect(200)).text).toContain(says);
  });

  it('says that a count is an estimate', async () => {
    gateway.answer = jsonAnswer({ ...assetList, total: 1200000, total_estimated: true });
    expect((await visit('/assets')).text).toContain('About 1,200,000 assets');
  });

  it('shows what only the owner may see to the owner: the cookie goes along', async () => {
    gateway.routes['/auth/me'] = jsonAnswer({ username: 'giles' });
    gateway.answer = jsonAnswer({ ...assetList, assets: [{ ...asset, visibility: 'unlisted' }] });
    const { text } = await visit('/assets').set('cookie', 'session_token=s').expect(200);
    expect(text).toContain('unlisted');
    expect(gateway.asked.find(({ path }) => path.startsWith('/assets'))?.headers.cookie).toBe('session_token=s');
    await visit('/activities').set('cookie', 'session_token=s');
    expect(gateway.asked.find(({ path }) => path.startsWith('/activities'))?.headers.cookie).toBeUndefined();
  });
});

describe('the preview of a work', () => {
  const show = async (change: object, query = '') => {
    gateway.routes['/assets/my-video'] = jsonAnswer({ ...assetDetail, ...change });
    gateway.answer = jsonAnswer(logPlace);
    const { text, headers } = await visit(`/asset/my-video${query}`).expect(200);
    return { text, policy: headers['content-security-policy'] ?? '' };
  };
  const media = /<(?:img|video|audio)\b/;

  it('is loaded from a stranger’s server only when the reader asks for it', async () => {
    const { text, policy } = await show({});
    expect(text).not.toMatch(media);
    expect(text).toContain('href="/asset/my-video?preview=1#preview"');
    expect(policy).not.toContain('media.example');
  });

  it.each([
    ['video', '<video', 'media-src https://media.example;'],
    ['audio', '<audio', 'media-src https://media.example;'],
    ['image', '<img', "img-src 'self' data: https://media.example;"],
  ])('of a %s comes from that server then, and from no other', async (type, tag, allows) => {
    const { text, policy } = await show({ asset_type: type }, '?preview=1');
    expect(text.match(new RegExp(media, 'g'))).toEqual([tag]);
    expect(text).toContain('src="https://media.example/v.mp4"');
    expect(policy).toContain(allows);
    expect(policy).toContain("script-src 'self';");
  });

  it.each([
    ['of something that is no picture, video or sound', { asset_type: 'document' }],
    ['over plain http from a page over https', { url: 'http://media.example/v.mp4' }],
    ['from IPFS', { url: 'ipfs://bafy' }],
    ['with a name and a password', { url: 'https://me:secret@media.example/v.mp4' }],
    ['of a script', { url: 'javascript:alert(1)' }],
    ['of what is no address', { url: 'https://' }],
    ['of nothing', { url: null }],
  ])('is not offered %s, nor given', async (_what, change) => {
    for (const query of ['', '?preview=1']) {
      const { text, policy } = await show(change, query);
      expect(text).not.toMatch(media);
      expect(text).not.toContain('preview=1');
      expect(policy).toContain("img-src 'self' data:;");
    }
  });

  it('cannot widen the policy by what is in the address', async () => {
    const { policy } = await show(
      { asset_type: 'image', url: "https://media.example/;script-src 'unsafe-inline'" },
      '?preview=1',
    );
    expect(policy).toContain("img-src 'self' data: https://media.example;media-src https://media.example;base-uri");
    expect(policy).not.toContain('unsafe');
  });
});

describe('the proof of a claim', () => {
  it.each([
    [{ log_index: null, state: 'not_logged', anchor: null }, ['In the log: not yet', 'Anchored: not yet']],
    [{ state: 'not_anchored', anchor: null }, ['In the log: done', 'Anchored: not yet, with the next anchor']],
    [{ state: 'pending' }, ['Being anchored: not yet, accepted by a calendar']],
    [{}, ['Anchored: done, in Bitcoin block 900,000']],
  ])('is drawn, and said to who cannot see it: %j', async (change, says) => {
    gateway.routes['/assets/my-video'] = jsonAnswer(assetDetail);
    gateway.answer = jsonAnswer({ ...logPlace, ...change });
    const { text } = await visit('/asset/my-video').expect(200);
    for (const words of ['Signed: done', ...says])
      expect(/role="img"\s+aria-label="([^"]*)"/.exec(text)?.[1]).toContain(words);
  });
});
