import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { providerKinds } from '../services/web/src/storage/provider-kinds.ts';
import { openChromium } from './lib/chromium.ts';
import {
  deletion,
  endedSession,
  organisations,
  passwords,
  profile,
  publicKeys,
  secrets,
  sessions,
} from './lib/forms/account.ts';
import { anchors } from './lib/forms/anchors.ts';
import { claimByHand } from './lib/forms/claiming.ts';
import { failedLogout, startFailingSite } from './lib/forms/failed-logout.ts';
import { following, refusedFollow } from './lib/forms/following.ts';
import { logInAndOut, register } from './lib/forms/logging-in.ts';
import { createMirror } from './lib/forms/mirror.ts';
import { followFromElsewhere, search } from './lib/forms/reading.ts';
import { renderers } from './lib/forms/renderers.ts';
import { startScene, type Scene } from './lib/forms/scene.ts';
import { addStorage, addStorageAsAdministrator, forgetSecret, manageStorage } from './lib/forms/storage.ts';
import { formsInTemplates } from './lib/forms/templates.ts';
import { claimFile, copySecret, tryOperations } from './lib/forms/with-script.ts';
import { startWalk, type Met, type Surroundings, type Walk } from './lib/forms/walk.ts';

let scene: Scene;
let chromium: Browser;
let around: Surroundings;
const met: Met = { seen: new Map(), sent: new Map() };

beforeAll(async () => {
  [scene, chromium] = await Promise.all([startScene(), openChromium()]);
  const { l2: url } = scene;
  around = { browser: chromium, url, met, mirror: await createMirror(chromium, url) };
});

afterAll(async () => {
  await chromium?.close();
  await scene?.close();
});

const parts: [what: string, goThrough: (walk: Walk, scene: Scene) => Promise<void>][] = [
  ['searching', search],
  ['following from elsewhere', followFromElsewhere],
  ['following', following],
  ['following who says no', refusedFollow],
  ['registering', register],
  ['logging in and out', logInAndOut],
  ['the profile', profile],
  ['the password', passwords],
  ['sessions', sessions],
  ['API keys and tokens', secrets],
  ['keys', publicKeys],
  ['organisations', organisations],
  ['a session that has ended', endedSession],
  ['the end of an account', deletion],
  ['claiming', claimByHand],
  ['adding storage', addStorage],
  ['adding storage as an administrator', addStorageAsAdministrator],
  ['managing storage', manageStorage],
  ['forgetting a secret of storage', forgetSecret],
  ['renderers', renderers],
  ['anchors', anchors],
];

it.each(parts)(
  'without JavaScript, on a phone in the dark and on a desktop in the light: %s',
  async (_part, goThrough) => {
    const walk = await startWalk(around, false);
    await goThrough(walk, scene);
    await walk.close();
  },
);

it('without JavaScript, on a phone in the dark and on a desktop in the light: a logout that does not work', async () => {
  const site = await startFailingSite();
  const walk = await startWalk({ ...around, url: site.url }, false);
  await failedLogout(walk, site);
  await walk.close();
});

it.each<[what: string, goThrough: (walk: Walk) => Promise<void>]>([
  ['claiming a file', claimFile],
  ['trying operations of the API', tryOperations],
  ['a secret to be copied', copySecret],
])('with JavaScript: %s', async (_part, goThrough) => {
  const walk = await startWalk(around, true);
  await goThrough(walk);
  await walk.close();
});

describe('of all forms', () => {
  /** By the template that writes it, what each form sends: `Form.sends` has the notation. */
  const sends: Record<string, string[]> = {
    'account/deletion/deletion.page.ts': ['POST /account/delete'],
    'account/ending/ending.page.ts': [
      ...['POST /account/sessions/end id', 'POST /account/sessions/end-others id', 'POST /storage/ui/remove id'],
      ...['POST /account/api-keys/revoke id', 'POST /account/tokens/revoke id', 'POST /account/keys/revoke id'],
    ],
    'account/following/follow-button.ts': [
      ...['POST /account/following target do=follow', 'POST /account/following target do=unfollow'],
      ...['POST /account/following target profile do=follow', 'POST /account/following target profile do=unfollow'],
    ],
    'account/following/following.page.ts': ['POST /account/following do=follow'],
    'account/login.page.ts': ['POST /login'],
    'account/logout.page.ts': ['POST /logout'],
    'account/minting/mint-form.ts': ['POST /account/api-keys', 'POST /account/tokens'],
    'account/organisations/organisations.page.ts': ['POST /account/organisations org_id'],
    'account/password/password.page.ts': ['POST /account/password'],
    'account/profile/profile.page.ts': ['POST /account'],
    'account/register.page.ts': ['POST /register'],
    'account/signed-in.page.ts': ['POST /logout'],
    'anchors/anchor.page.ts': ['POST /anchors/ui root'],
    'anchors/anchors.page.ts': ['POST /anchors/ui'],
    'assets/asset-filters.ts': ['GET /assets', 'GET /assets content_hash'],
    'claim/claim.page.ts': ['POST /claim'],
    'docs/try-form.ts': ['GET /docs/…'],
    'html/page.ts': ['POST /logout'],
    'renderers/renderers.page.ts': ['POST /renderers/attach l1_server', 'POST /renderers/detach l1_server'],
    'storage/add-provider.page.ts': providerKinds.map(({ type }) => `POST /storage/ui/add type=${type}`),
    'storage/edit-provider.route.ts': ['POST /storage/ui/edit id'],
    'storage/provider-deeds.ts': ['test', 'check', 'off', 'on'].map((deed) => `POST /storage/ui id do=${deed}`),
    'users/remote-follow.ts': ['GET /users/…'],
  };

  it('each that a template writes was sent', () => {
    expect(formsInTemplates()).toEqual(Object.fromEntries(Object.keys(sends).map((file) => [file, 1])));
    expect(
      Object.values(sends)
        .flat()
        .filter((one) => !met.sent.has(one)),
    ).toEqual([]);
  });

  it('each button that was on a page was pressed', () => {
    expect([...met.seen].filter(([one]) => !met.sent.has(one))).toEqual([]);
  });

  it('each was sent from a desktop, and from a phone where it was sent twice', () => {
    const widthsOf = (times: number[]): string => [...new Set(times)].sort((a, b) => b - a).join();
    const sent = [...met.sent].map(([one, times]) => [one, times.length, widthsOf(times)]);
    expect(sent.filter(([, times, widths]) => widths !== (times === 1 ? '1280' : '1280,360'))).toEqual([]);
  });
});
