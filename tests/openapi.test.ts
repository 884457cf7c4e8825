import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorSchema, openApiDocument, type Operation } from '@artdag/service-kit';
import { eventually } from '@artdag/testing';
import { operations as ofAssetRegistry } from '../services/asset-registry/src/openapi.ts';
import { operations as ofAuth } from '../services/auth/src/openapi.ts';
import { operations as ofFederation } from '../services/federation/src/openapi.ts';
import { documentHead, operations as ofGateway } from '../services/gateway/src/openapi.ts';
import { routeTable } from '../services/gateway/src/route-table.ts';
import { operations as ofIdentity } from '../services/identity/src/openapi.ts';
import { operations as ofL1Bridge } from '../services/l1-bridge/src/openapi.ts';
import { call, newAccount, newContentHash, type Account, type Answer } from './lib/api-client.ts';
import { exampleKeys, examples, runExample, type Known } from './lib/openapi-examples.ts';
import { proofOf, signUp, type Client } from './lib/msign/client.ts';
import { answerTo, newKey } from './lib/msign/key.ts';
import { root } from './lib/scripts.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const described: Record<string, readonly Operation[]> = {
  gateway: ofGateway,
  auth: ofAuth,
  identity: ofIdentity,
  'asset-registry': ofAssetRegistry,
  federation: ofFederation,
  'l1-bridge': ofL1Bridge,
};
const operations = Object.values(described).flat();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const published = JSON.parse(read('docs/openapi.json')) as Record<string, unknown>;

describe('docs/openapi.json', () => {
  it('is what the services say now (npm run openapi writes it)', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(openApiDocument(documentHead, operations, examples))));
  });

  it('is what the gateway serves', () => {
    expect(read('services/gateway/src/info/openapi.generated.json')).toBe(read('docs/openapi.json'));
  });

  it('describes the routes of the gateway, each by its owner, and no others', () => {
    const lines = (routes: readonly { method: string; path: string; owner: string }[]): string[] =>
      routes.map(({ owner, method, path }) => `${owner}: ${method} ${path}`).sort();
    const ofOwners = Object.entries(described).flatMap(([owner, list]) =>
      list.map(({ method, path }) => ({ owner, method, path })),
    );
    // Pages are for people.
    expect(lines(ofOwners)).toEqual(lines(routeTable.filter(({ owner }) => owner !== 'web')));
  });

  it.each(operations.map((operation): [string, Operation] => [`${operation.method} ${operation.path}`, operation]))(
    'asks for the credential that the gateway asks for: %s',
    (_, { method, path, auth }) => {
      const route = routeTable.find((candidate) => candidate.method === method && candidate.path === path);
      const gateways = { public: 'public', optional: 'public', required: 'any', signature: 'signature' };
      // A logout takes credentials that a logout has ended already, so its owner judges them.
      expect(route?.auth).toBe(route?.credentials === 'owner' ? 'public' : gateways[auth]);
    },
  );

  it('has nothing internal', () => {
    expect(Object.keys(published['paths'] as object).filter((path) => /^\/internal/i.test(path))).toEqual([]);
  });

  it('refers only to what it has', () => {
    const references = [...JSON.stringify(published).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of new Set(references)) {
      const target = reference?.split('/').slice(1).reduce<unknown>(memberOf, published);
      expect([reference, typeof target]).toEqual([reference, 'object']);
    }
  });
});

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** What a schema describes: each line of NDJSON, any other body as a whole, and nothing of none. */
function bodiesOf(body: unknown): unknown[] {
  const isLines = typeof body === 'string' && body.startsWith('{');
  if (isLines)
    return body
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  return body === undefined ? [] : [body];
}

interface Call {
  path?: string;
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
  /** Default: the first that is described. */
  status?: number;
}

/** A renderer, which nobody asks anything. */
const l1_server = 'http://localhost:8100';
let suite: StandaloneSuite;
beforeAll(async () => {
  suite = await startStandalone({ env: { L1_SERVERS: l1_server } });
});
afterAll(() => suite?.remove());

// Before anything else happens at the suite.
describe('the examples', () => {
  const known: Known = new Map();
  const operationOf = (id: string): Operation => operations.find((operation) => operation.id === id) as Operation;
  const login = examples.find(({ id }) => id === 'login')?.answer as { access_token: string };

  beforeAll(() => newAccount(suite.url, 'grace'));

  it('are many, and show every tag', () => {
    expect(examples.length).toBeGreaterThan(40);
    const shown = new Set(examples.map(({ id }) => operationOf(id).tag));
    expect(documentHead.tags.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('prove keys by signatures that are those of the challenges shown', () => {
    const proofs = examples
      .map(({ body }) => body as Record<string, unknown>)
      .filter((body) => body?.['signature_b64']);
    expect(proofs.map((proof) => exampleKeys.get(proof['public_key_b64']))).not.toContain(undefined);
    for (const { public_key_b64: publicKey, challenge_token: challenge, signature_b64: signature } of proofs) {
      const key = exampleKeys.get(publicKey);
      expect(key && answerTo(key, String(challenge))).toBe(signature);
    }
    expect(proofs.length).toBeGreaterThan(2);
  });

  it.each(examples.map((example) => [example.id, example] as const))(
    '%s: is what its operation takes and gives, and what the suite answers',
    async (id, example) => {
      const operation = operationOf(id);
      for (const body of bodiesOf(example.body)) operation.request?.body?.parse(body);
      const run = async (): Promise<void> => {
        const token = example.as === undefined ? undefined : known.get(login.access_token);
        const { status, answer } = await runExample({ url: suite.url, operation, example, token }, known);
        // What is another one each time by more than chance is not shown, and is what is described all the same.
        const shown = example.answer === undefined ? undefined : answer;
        expect({ status, answer: shown }).toEqual({ status: example.status, answer: example.answer });
        for (const one of bodiesOf(answer)) expect(operation.answers[status]?.body?.parse(one)).toEqual(one);
      };
      // What follows an event is true within a second or two; what is sent is sent once, but for what says the same the second time.
      if (operation.method === 'GET' || operation.method === 'PATCH') await eventually(run, { everyMs: 100 });
      else await run();
    },
  );
});

describe('what the suite answers', () => {
  let account: Account;
  /** Whose password is changed; who owns nothing; who leaves for good; who logs out. */
  let others: Account;
  let stranger: Account;
  let leaver: Account;
  let guest: Account;
  let activityId: string;
  /** Of the first leaf of the log. */
  let leafHash: string;
  /** The stranger's for the renderer. */
  let l1Token: string;
  /** Storage providers: one that stays, and one that is deleted. */
  let storage: string[];
  /** Somebody with a key and no password, and proofs of keys that nobody has yet. */
  let signer: Client;
  let proofs: Awaited<ReturnType<typeof proofOf>>[];
  const name = 'described';
  const contentHash = newContentHash();

  beforeAll(async () => {
    account = await newAccount(suite.url);
    [others, leaver, guest] = [await newAccount(suite.url), await newAccount(suite.url), await newAccount(suite.url)];
    stranger = await newAccount(suite.url);
    const place = { origin: suite.url, host: new URL(suite.url).host, now: () => new Date() };
    signer = await signUp(place);
    proofs = await Promise.all([newKey(), newKey(), newKey()].map((key) => proofOf(place, key)));
    const { body } = await call(suite.url, '/assets', {
      token: account.token,
      body: {
        name,
        content_hash: contentHash,
        asset_type: 'video',
        tags: ['a', 'b'],
        url: 'https://example.org/v',
        description: 'A video.',
        metadata: { fps: 25, deep: [{ x: null }] },
        origin: { type: 'external', url: 'https://example.org/o', note: 'Found.' },
      },
    });
    activityId = String(body['activity_id']);
    const attach = { token: stranger.token, body: { l1_server } };
    l1Token = String((await call(suite.url, '/renderers/attach', attach)).body['token']);
    const service = {
      provider_type: 'psa',
      config: { endpoint: 'http://127.0.0.1:9', token: 'psa-secret-0123456789' },
    };
    const added = ['kept', 'deleted'].map((provider_name) => ({ ...service, provider_name }));
    const answers = await Promise.all(added.map((body) => call(suite.url, '/storage', { token: account.token, body })));
    storage = answers.map((answer) => String(answer.body['id']));
    const outbox = `/users/${account.username}/outbox`;
    await eventually(async () => (await call(suite.url, outbox)).body['totalItems'] === 1);
    const firstTile = `${suite.url}/log/tile/0/000.p/1`;
    await eventually(async () => (await fetch(firstTile)).status === 200);
    leafHash = Buffer.from(await (await fetch(firstTile)).arrayBuffer()).toString('hex');
    const certificate = `${suite.url}/assets/${name}/certificate`;
    await eventually(async () => (await fetch(certificate)).status === 200);
  });

  /** A call of each operation, by its id. */
  function calls(): Record<string, Call[]> {
    const { username, token } = account;
    const password = 'correct horse battery staple';
    const user = `/users/${username}`;
    const asset = { name: 'second', content_hash: newContentHash(), asset_type: 'image' };
    return {
      getServerInfo: [{}],
      getApiDescription: [{}],
      getHealth: [{}],
      getReadiness: [{}],
      getReadinessAlias: [{}],
      getMetrics: [],
      register: [
        { body: { username: `${username}x`, password, email: 'x@example.org' } },
        { body: { username, password }, status: 409 },
        { body: { username: 'admin', password: 'short' }, status: 422 },
      ],
      login: [{ body: { login: username, password } }, { body: { username, password: 'wrong' }, status: 401 }],
      getMe: [{ token }, { status: 401 }],
      updateMe: [
        { token, body: { display_name: 'Ada' } },
        { token, body: { display_name: '' }, status: 422 },
      ],
      listSessions: [{ token }, { status: 401 }],
      endOtherSessions: [{ token }],
      endSession: [{ token, path: '/auth/sessions/ses_01m80n27p2feyafcjfmy6xsa6t', status: 404 }],
      changePassword: [
        { token: others.token, body: { current_password: 'wrong', new_password: password }, status: 403 },
        { token: others.token, body: { current_password: password, new_password: `${password}!` } },
      ],
      deleteMe: [
        { token: leaver.token, body: { password: 'wrong' }, status: 403 },
        { token: leaver.token, body: { password } },
        { token: leaver.token, body: { password }, status: 401 },
      ],
      createApiKey: [
        { token, body: { description: 'build', scopes: ['assets:create'], expires_days: 1 } },
        { token, body: { description: 'build', scopes: ['users:delete'] }, status: 403 },
        { token, body: { description: '', expires_days: 0 }, status: 422 },
      ],
      listApiKeys: [{ token }],
      deleteApiKey: [{ token, path: '/auth/api-keys/AAAAAAAAAAAAAAAAAAAAAA', status: 404 }],
      mintApiToken: [
        { token, body: { label: 'nightly', scopes: ['read:*'], expires_in: 60 } },
        { token, body: { label: 'nightly', scopes: ['read:*'], org: 'microdao:nobody' }, status: 403 },
        { token, body: { label: '', scopes: [] }, status: 422 },
      ],
      listApiTokens: [{ token }],
      revokeApiToken: [{ token, path: '/v1/tokens/tok_01m80n27p2feyafcjfmy6xsa6t', status: 404 }],
      introspect: [{ token, body: { token }, status: 403 }],
      refresh: [{ body: { refresh_token: 'A'.repeat(43) }, status: 400 }],
      logout: [{ token: guest.token }, { token: guest.token }, { status: 401 }],
      logoutBrowser: [{ status: 302 }],
      getTokenKeys: [{}],
      challengeKey: [
        { body: { fingerprint: newKey().fingerprint, algorithm: 'ed25519' } },
        { body: { fingerprint: newKey().fingerprint, algorithm: 'es256' }, status: 422 },
      ],
      verifyKey: [
        { body: { ...proofs[0], handle: `${username}-k`, label: 'laptop' } },
        { body: { ...proofs[0], handle: `${username}-k` }, status: 400 },
      ],
      addKey: [
        { token, body: { ...proofs[1], label: 'laptop' }, status: 201 },
        { token, body: { ...proofs[1] }, status: 401 },
      ],
      listKeys: [
        { token, path: `/api/auth/keys/${username}` },
        { token, path: `/api/auth/keys/${signer.handle}`, status: 403 },
      ],
      revokeKey: [{ token, path: `/api/auth/keys/${username}/key_01m80n27p2feyafcjfmy6xsa6t`, status: 404 }],
      listIdentities: [{}, { path: '/api/identities?per_page=1' }, { path: '/api/identities?per_page=0', status: 422 }],
      getIdentity: [{ path: `/api/identities/${signer.handle}` }, { path: '/api/identities/nobody', status: 404 }],
      updateIdentity: [
        {
          token,
          path: `/api/identities/${username}`,
          body: { bio: 'Makes light.', website_url: 'https://example.org/' },
        },
        { token, path: `/api/identities/${signer.handle}`, body: { bio: '' }, status: 403 },
      ],
      deleteIdentity: [{ token, path: `/api/identities/${signer.handle}`, status: 403 }],
      createOrganisation: [
        { token, body: { handle: `${username}-org`, display_name: 'Ours', identity_type: 'org' }, status: 201 },
        { token, body: { handle: signer.handle, display_name: 'Theirs', identity_type: 'org' }, status: 409 },
      ],
      createAgent: [
        { token, body: { ...proofs[2], handle: `${username}-agent`, capabilities: ['assets:create'] }, status: 201 },
        { token, body: { ...proofs[2], handle: `${username}-other`, capabilities: ['users:delete'] }, status: 403 },
      ],
      listAgents: [{ token }, { status: 401 }],
      endAgent: [{ token, path: `/api/identities/agent/${username}-agent` }],
      listAssets: [
        {},
        { token, path: '/assets?limit=1&tag=a&tag=b&sort=name' },
        { path: '/assets?limit=0', status: 422 },
      ],
      registerAsset: [
        { token, body: asset },
        { token, body: asset, status: 409 },
        { token, body: { name: '' }, status: 422 },
        { body: asset, status: 401 },
      ],
      registerAssets: [
        {
          token,
          headers: { 'content-type': 'application/x-ndjson' },
          body: { name: 'third', content_hash: newContentHash(), asset_type: 'image' },
        },
        { token, headers: { 'content-type': 'application/x-ndjson' }, body: { name: '' } },
        { token, body: {}, status: 415 },
      ],
      updateAsset: [
        { token, path: `/assets/${name}`, body: { description: 'Another.', tags: [] } },
        { token, path: `/assets/${name}`, body: { description: 'Another.' } },
        { token, path: `/assets/${name}`, body: { name: 'other' }, status: 422 },
        { token: stranger.token, path: `/assets/${name}`, body: {}, status: 403 },
      ],
      deleteAsset: [
        { token: stranger.token, path: `/assets/${name}`, status: 403 },
        { token, path: '/assets/nobody-has-this', status: 404 },
        { token, path: '/assets/second' },
        { token, path: '/assets/second', status: 410 },
      ],
      getAsset: [{ path: `/assets/${name}` }, { path: '/assets/nobody-has-this', status: 404 }],
      getObject: [{ path: `/objects/${contentHash}` }, { path: '/objects/nothing', status: 404 }],
      listActivities: [{}, { path: '/activities?limit=1' }, { path: '/activities?type=Like', status: 422 }],
      getActivity: [{ path: `/activities/${activityId}` }, { path: '/activities/-1', status: 404 }],
      getActivityCertificate: [
        { path: `/activities/${activityId}/certificate` },
        { path: '/activities/-1/certificate', status: 404 },
      ],
      getAssetCertificate: [
        { path: `/assets/${name}/certificate` },
        { path: '/assets/nobody-has-this/certificate', status: 404 },
      ],
      getCheckpoint: [{}],
      listCheckpoints: [{}, { path: '/log/checkpoints?limit=1' }, { path: '/log/checkpoints?after=x', status: 422 }],
      getArchivedCheckpoint: [{ path: '/log/checkpoints/0', status: 404 }],
      getTile: [
        { path: '/log/tile/0/000.p/1' },
        { path: '/log/tile/entries/000.p/1' },
        { path: '/log/tile/0/0', status: 404 },
      ],
      getProof: [
        { path: `/log/proof/${leafHash}` },
        { path: `/log/proof/${leafHash}`, headers: { accept: 'text/plain' } },
        { path: `/log/proof/${'0'.repeat(64)}`, status: 404 },
        { path: `/log/proof/${leafHash}?size=x`, status: 422 },
      ],
      listVkeys: [{}],
      listStorage: [{ token }, { status: 401 }],
      addStorage: [
        { token, body: { provider_type: 'pinata', config: { jwt: 'a.b.c' }, capacity_gb: 5 } },
        { token, body: { provider_type: 'pinata', config: { jwt: 'a.b.c' } }, status: 409 },
        { token, body: { provider_type: 'pinata', config: {} }, status: 422 },
        { token, body: { provider_type: 'local', config: { path: '.' } }, status: 403 },
      ],
      getStorage: [
        { token, path: `/storage/${storage[0]}` },
        { token: stranger.token, path: `/storage/${storage[0]}`, status: 404 },
      ],
      updateStorage: [
        { token, path: `/storage/${storage[0]}`, body: { capacity_gb: 7, config: { token: '****6789' } } },
        { token, path: `/storage/${storage[0]}`, body: { provider_name: 'deleted' }, status: 409 },
        { token, path: `/storage/${storage[0]}`, body: { config: { token: '****0000' } }, status: 422 },
      ],
      deleteStorage: [
        { token, path: `/storage/${storage[1]}` },
        { token, path: `/storage/${storage[1]}`, status: 404 },
        { token, path: `/storage/${storage[0]}?force=maybe`, status: 422 },
      ],
      testStorage: [{ token, path: `/storage/${storage[0]}/test` }],
      checkStorage: [{ token, path: `/storage/${storage[0]}/check` }],
      recordPin: [
        {
          token,
          path: `/storage/${storage[0]}/pins`,
          body: { content_hash: contentHash, ipfs_cid: 'Qm1' },
          status: 201,
        },
        {
          token,
          path: `/storage/${storage[0]}/pins`,
          body: { content_hash: contentHash, ipfs_cid: 'Qm1' },
          status: 200,
        },
        {
          token,
          path: `/storage/${storage[0]}/pins`,
          body: { content_hash: contentHash, ipfs_cid: 'Qm2' },
          status: 409,
        },
        {
          token,
          path: `/storage/${storage[0]}/pins`,
          body: { content_hash: newContentHash(), ipfs_cid: 'Qm1' },
          status: 422,
        },
      ],
      listPins: [
        { token, path: `/storage/${storage[0]}/pins?status=unknown` },
        { token, path: `/storage/${storage[0]}/pins?limit=0`, status: 422 },
      ],
      getPin: [
        { token, path: `/storage/${storage[0]}/pins/${contentHash}` },
        { token, path: `/storage/${storage[0]}/pins/${newContentHash()}`, status: 404 },
      ],
      removePin: [{ token, path: `/storage/${storage[0]}/pins/${contentHash}` }],
      listCopies: [
        { token, path: `/assets/${name}/copies` },
        { token: stranger.token, path: `/assets/${name}/copies`, status: 404 },
      ],
      listAnchors: [{}, { path: '/anchors?state=confirmed' }, { path: '/anchors?state=lost', status: 422 }],
      // One that succeeds would call the world outside.
      createAnchor: [{ status: 401 }],
      listCalendars: [{}],
      getAnchor: [{ path: `/anchors/${contentHash}`, status: 404 }],
      getAnchorProof: [{ path: `/anchors/${contentHash}/proof.ots`, status: 404 }],
      upgradeAnchor: [
        { path: `/anchors/${contentHash}/upgrade`, status: 401 },
        { token, path: `/anchors/${contentHash}/upgrade`, status: 403 },
      ],
      getActivityAnchor: [{ path: `/activities/${activityId}/anchor` }, { path: '/activities/-1/anchor', status: 404 }],
      findByWebFinger: [
        { path: `/.well-known/webfinger?resource=acct:${username}@${new URL(suite.url).host}` },
        { status: 400 },
      ],
      getHostMeta: [{ headers: { accept: 'application/json' } }],
      getHostMetaJson: [{}],
      findNodeInfo: [{}],
      getNodeInfo: [{}],
      getInstanceActor: [{}],
      getInstanceOutbox: [{}],
      listUsers: [{}, { path: '/users?limit=1' }, { path: '/users?limit=x', status: 422 }],
      getActor: [{ path: user }, { path: '/users/nobody', status: 404 }],
      getOutbox: [{ path: `${user}/outbox` }, { path: `${user}/outbox?page=true` }],
      getFollowers: [{ path: `${user}/followers` }, { path: `${user}/followers?page=1` }],
      getFollowing: [{ path: `${user}/following` }, { path: `${user}/following?page=1` }],
      getLikes: [{ path: `/objects/${contentHash}/likes` }, { path: '/objects/x/likes', status: 404 }],
      getShares: [{ path: `/objects/${contentHash}/shares` }, { path: `/objects/${contentHash}/shares?page=1` }],
      getReplies: [{ path: `/objects/${contentHash}/replies` }],
      follow: [
        { token, body: { target: `${others.username}@${new URL(suite.url).host}` } },
        { token, body: { target: `nobody-here@${new URL(suite.url).host}` }, status: 404 },
        { token, body: { target: 'nobody' }, status: 422 },
        { body: { target: 'nobody' }, status: 401 },
      ],
      findFollowPage: [
        { path: `${user}/remote-follow?account=me@127.0.0.1:9` },
        { path: '/users/nobody/remote-follow?account=me@127.0.0.1:9', status: 404 },
        { path: `${user}/remote-follow?account=me`, status: 422 },
      ],
      listFollowing: [
        { token },
        { token, path: '/following?limit=1&target=nobody@social.example' },
        { token, path: '/following?target=nobody', status: 422 },
        { status: 401 },
      ],
      unfollow: [
        { token, body: { target: `${others.username}@${new URL(suite.url).host}` } },
        { token, body: {}, status: 422 },
      ],
      share: [
        { token, body: { object: `${suite.url}/objects/${contentHash}` } },
        { token, body: { object: `${suite.url}/objects/${newContentHash()}` }, status: 404 },
        { token, body: { object: 'nothing' }, status: 422 },
        { body: { object: suite.url }, status: 401 },
      ],
      unshare: [
        { token, body: { object: `${suite.url}/objects/${contentHash}` } },
        { token, body: { object: 'nothing' }, status: 422 },
      ],
      postToInbox: [{ path: `${user}/inbox`, body: {}, status: 415 }],
      postToSharedInbox: [{ body: {}, status: 415 }],
      recordRun: [
        { status: 401 },
        { token, body: { run_id: 'r', l1_server: 'https://l1.example', output_name: 'r' }, status: 403 },
        { token, body: { run_id: '..', l1_server: 'https://l1.example', output_name: 'r' }, status: 422 },
      ],
      listMadeFrom: [{ path: `/assets/${name}/made-from` }, { path: '/assets/nobody-has-it/made-from', status: 404 }],
      listUsedIn: [{ path: `/assets/${name}/used-in` }, { path: `/assets/${name}/used-in?cursor=x`, status: 422 }],
      listRenderers: [{ token }, { status: 401 }],
      attachRenderer: [
        { token, body: { l1_server } },
        { token, body: { l1_server: 'https://l1.example' }, status: 403 },
        { token, body: {}, status: 422 },
        { body: { l1_server }, status: 401 },
      ],
      detachRenderer: [
        { token, body: { l1_server } },
        { token, body: { l1_server } },
        { token, body: { l1_server: 'nowhere' }, status: 403 },
        { token, body: {}, status: 422 },
      ],
      verifyL1Token: [
        { body: { token: l1Token, l1_server } },
        { token: l1Token, body: { l1_server } },
        { body: { token, l1_server }, status: 403 },
        { body: { token: 'nothing', l1_server }, status: 401 },
        { body: { token: l1Token, l1_server: 'https://l1.example' }, status: 403 },
        { body: { token: l1Token }, status: 422 },
      ],
      revokeL1Token: [
        { body: { token: l1Token, l1_server: 'https://l1.example' }, status: 403 },
        { body: { token: l1Token }, status: 422 },
        { body: { token: l1Token, l1_server } },
        { token, body: { jti: 'tok_01m80n27p2feyafcjfmy6xsa6t' } },
      ],
    };
  }

  it.each(operations.map((operation): [string, Operation] => [operation.id, operation]))(
    '%s: as it is described, member by member',
    async (id, operation) => {
      const attempts = calls()[id];
      expect(attempts).toBeDefined();
      for (const { path = operation.path, status, ...o } of attempts ?? []) {
        const answer = await call(suite.url, path, { ...o, method: operation.method });
        expect([id, answer.status]).toEqual([id, status ?? Number(Object.keys(operation.answers)[0])]);
        expectDescribed(operation, answer);
      }
    },
  );

  function expectDescribed(operation: Operation, { status, body, headers }: Answer): void {
    const described = operation.answers[status];
    if (described && !described.body) {
      expect(body).toEqual({});
      return;
    }
    if (described) {
      const mediaType = String(headers['content-type']).split(';')[0];
      expect(described.mediaTypes ?? ['application/json']).toContain(mediaType);
      if (mediaType !== 'application/json' && mediaType !== 'application/activity+json') return;
      // Parsing leaves out what the schema does not have.
      expect(described.body?.parse(body)).toEqual(body);
      return;
    }
    const answers = published['paths'] as Record<string, Record<string, { responses: Record<string, unknown> }>>;
    const response = answers[operation.path]?.[operation.method.toLowerCase()]?.responses[String(status)];
    expect(JSON.stringify(response)).toContain(`\`${String(body['code'])}\``);
    if (status !== 422) expect(errorSchema.parse(body)).toEqual(body);
  }
});
