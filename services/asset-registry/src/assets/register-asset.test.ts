import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import { assetRegistered } from '@artdag/events';
import {
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { countRows, newBody, publicUrl, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
const kit = makeAssertionKit('asset-registry');
const giles = () => ({
  'x-actor-assertion': kit.actor({ actor_id: 'user:giles', username: 'giles', scopes: ['assets:create'] }),
});

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  registry = await startRegistry({ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() });
});
afterAll(async () => {
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

type Json = Record<string, unknown>;

/** RFC 8785 for what claims hold (no number but whole ones), written apart from the package. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

function proofHolds(activity: Json, rawKey: Buffer): boolean {
  const { proof, ...document } = activity;
  const { proofValue, ...options } = proof as Json;
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const n = [...String(proofValue).slice(1)].reduce((sum, c) => sum * 58n + BigInt(alphabet.indexOf(c)), 0n);
  const signature = Buffer.from(n.toString(16).padStart(128, '0'), 'hex');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: rawKey.toString('base64url') }, format: 'jwk' });
  return verify(null, Buffer.concat([sha256(canonical(options)), sha256(canonical(document))]), key, signature);
}

describe('POST /assets', () => {
  it('answers 201 with the asset and its signed activity', async () => {
    const body = newBody({ tags: [' art ', 'generated', 'art'], metadata: { fps: 25, title: 'Frühling "1"' } });
    const answer = await registry.post('/assets', body, giles()).expect(201);
    expect(answer.headers).toMatchObject({
      location: `/assets/${body.name}`,
      'content-type': 'application/json; charset=utf-8',
    });
    const { activity, activity_id, created_at, updated_at, ...rest } = answer.body as Json;
    expect(rest).toEqual({
      name: body.name,
      content_hash: body.content_hash,
      asset_type: 'video',
      tags: ['art', 'generated'],
      owner: 'giles',
      owner_id: `${publicUrl}/users/giles`,
      url: null,
      ipfs_cid: null,
      description: null,
      metadata: { fps: 25, title: 'Frühling "1"' },
      origin: { type: 'self' },
      provenance: null,
      visibility: 'public',
      object_id: `${publicUrl}/objects/${body.content_hash}`,
      activity_url: `${publicUrl}/activities/${String(activity_id)}`,
    });
    expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(updated_at).toBe(created_at);
    expect(activity).toMatchObject({
      type: 'Create',
      id: `${publicUrl}/activities/${String(activity_id)}`,
      actor: `${publicUrl}/users/giles`,
      // Whole seconds: servers that rewrite times drop the trailing zeros of a fraction, and then find the proof invalid.
      published: String(created_at).replace(/\.\d{3}Z$/, 'Z'),
      to: ['https://www.w3.org/ns/activitystreams#Public'],
      cc: [`${publicUrl}/users/giles/followers`],
      object: {
        type: 'Video',
        name: body.name,
        contentHash: { algorithm: 'sha3-256', value: body.content_hash },
        tag: [
          { type: 'Hashtag', name: '#art' },
          { type: 'Hashtag', name: '#generated' },
        ],
        metadata: { fps: 25, title: 'Frühling "1"' },
      },
    });
  });

  it('signs so that the proof verifies without any of our code', async () => {
    const answer = await registry.post(
      '/assets',
      newBody({ description: 'x', metadata: { a: [1, { ü: 'ß' }] } }),
      giles(),
    );
    const { activity } = answer.body as { activity: Json };
    const { publicKey, keyId } = registry.identity.keyOf('user:giles');
    expect(activity['proof']).toMatchObject({ verificationMethod: keyId, cryptosuite: 'eddsa-jcs-2022' });
    expect(proofHolds(activity, publicKey)).toBe(true);
    expect(proofHolds({ ...activity, published: '2026-01-01T00:00:00Z' }, publicKey)).toBe(false);
  });

  it('takes every optional field, and null for none', async () => {
    const optional = {
      url: 'https://example.com/a?b=c',
      ipfs_cid: 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
      description: 'Wörter 😀',
      origin: { type: 'external', url: 'ipfs://bafy', note: 'found' },
      visibility: 'unlisted',
    };
    const answer = await registry.post('/assets', newBody(optional), giles()).expect(201);
    expect(answer.body).toMatchObject(optional);
    expect(answer.body).toMatchObject({
      activity: {
        to: [`${publicUrl}/users/giles/followers`],
        cc: ['https://www.w3.org/ns/activitystreams#Public'],
        object: { url: optional.url },
      },
    });
    const nulls = {
      url: null,
      ipfs_cid: null,
      description: null,
      metadata: null,
      origin: null,
      visibility: null,
      tags: null,
    };
    await registry.post('/assets', newBody(nulls), giles()).expect(201);
  });

  it('accepts the prefixed hash and stores it without', async () => {
    const body = newBody();
    const prefixed = { ...body, content_hash: `sha3-256:${body.content_hash}` };
    const answer = await registry.post('/assets', prefixed, giles()).expect(201);
    expect(answer.body).toMatchObject({ content_hash: body.content_hash });
  });

  it('stores one row of everything, the activity byte for byte, the leaf with its commitment', async () => {
    const before = await countRows(registry.tables);
    const answer = await registry.post('/assets', newBody(), giles()).expect(201);
    const after = await countRows(registry.tables);
    expect(after).toEqual({
      ...Object.fromEntries(Object.entries(before).map(([table, n]) => [table, n + 1])),
      answers: before.answers,
    });
    const { activity, activity_id: id } = answer.body as { activity: Json; activity_id: string };
    const { rows } = await registry.tables.pool.query<{
      document: string;
      proof: unknown;
      salt: Buffer;
      leaf: string;
      leaf_hash: Buffer;
    }>(
      `SELECT document, proof, salt, leaf, leaf_hash FROM activities JOIN log_salts USING (activity_id)
       JOIN (SELECT * FROM log_pending UNION ALL SELECT leaf_hash, leaf, activity_id, created_at FROM log_entries) l USING (activity_id)
       WHERE activity_id = $1`,
      [id],
    );
    const row = rows[0];
    expect(row?.document).toBe(canonical(activity));
    expect(row?.proof).toEqual(activity['proof']);
    expect(row?.salt).toHaveLength(32);
    const commitment = createHash('sha256')
      .update(row?.salt ?? '')
      .update(row?.document ?? '')
      .digest('hex');
    expect(JSON.parse(row?.leaf ?? '')).toEqual({
      v: 1,
      type: 'Create',
      actor: activity['actor'],
      activity: activity['id'],
      contentHash: { algorithm: 'sha3-256', value: (answer.body as Json)['content_hash'] },
      published: activity['published'],
      commitment: `sha256:${commitment}`,
    });
    const expected = createHash('sha256')
      .update(Buffer.of(0))
      .update(row?.leaf ?? '')
      .digest();
    expect(row?.leaf_hash).toEqual(expected);
  });

  it('emits an event that keeps its contract and carries the whole signed activity', async () => {
    const headers = { ...giles(), 'x-request-id': 'req-1' };
    const answer = await registry.post('/assets', newBody({ metadata: { n: 1 } }), headers).expect(201);
    const { activity, ...asset } = answer.body as Json;
    const { rows } = await registry.tables.pool.query<{
      id: string;
      type: string;
      routing_key: string;
      payload: string;
    }>(`SELECT id, type, routing_key, payload FROM outbox WHERE payload LIKE '%' || $1 || '%'`, [asset['activity_id']]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ type: assetRegistered.type, routing_key: assetRegistered.routingKey });
    const envelope = assetRegistered.parse(JSON.parse(rows[0]?.payload ?? ''));
    expect(envelope).toEqual({
      id: rows[0]?.id,
      type: 'asset-registered',
      version: 1,
      occurred_at: asset['created_at'],
      producer: 'asset-registry',
      subject: envelope.data.asset.asset_id,
      subject_version: 1,
      actor_id: 'user:giles',
      org_id: null,
      correlation_id: 'req-1',
      data: { asset: { ...asset, asset_id: envelope.subject }, activity },
    });
    expect(envelope.subject).toMatch(/^ast_[0-9a-z]{26}$/);
  });

  it('counts what it registers', async () => {
    const metrics = await registry.get('/metrics').expect(200);
    expect(metrics.text).toMatch(/^assets_registered_total [1-9]/m);
    expect(metrics.text).toMatch(/^activities_total\{type="Create"\} [1-9]/m);
  });
});
