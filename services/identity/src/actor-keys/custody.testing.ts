import { createPrivateKey, verify } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyKind } from '@artdag/actor-keys';
import { masterKeys, openEnvelope } from '@artdag/envelope';
import { openDatabase, type Database } from '@artdag/database/identity';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import {
  collectLogs,
  createTestDatabase,
  makeAssertionKit,
  startFakeAuth,
  type CollectedLogs,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import type { Config, Overrides } from '../service.ts';
import { formsIn, privateForms, privateFormsOfPem } from './private-forms.testing.ts';
import { startIdentity, testPublicUrl, type Answer, type RunningIdentity } from '../start-identity.testing.ts';

export const kit = makeAssertionKit('identity');
/** Signed when it is sent: an assertion lives for a minute, and a suite may take longer. */
export const asAdmin = {
  get 'x-actor-assertion'(): string {
    return kit.service('admin');
  },
};
/** Every master key of these tests is of one byte. */
export const masterKeyOf = (byte: number): Buffer => Buffer.alloc(32, byte);
export const databaseStore: Partial<Config> = { keyStore: 'database', dataEncryptionKey: masterKeyOf(7) };
export const stores: [string, Partial<Config>][] = [
  ['files', {}],
  ['the database', databaseStore],
];

export interface SignResult {
  key_id?: string;
  signature?: string;
  error?: { status: number; code: string; key_id?: string };
}

/** A database, auth, a folder, and replicas of identity on them. */
export interface Custody {
  database: TestDatabase;
  auth: FakeAuth;
  logs: CollectedLogs;
  folder: string;
  makeFolder(): string;
  addActor(name: string): void;
  /** A replica; they share no store unless `overrides` says so. */
  start(config?: Partial<Config>, overrides?: Overrides): Promise<RunningIdentity>;
  sql: RunningIdentity['sql'];
  sharedStore: KeyValueStore;
  /** What a command printed, to be searched for private keys like the logs and the answers. */
  hear(text: string): void;
  /** Ends all of it. @throws Error when a log or an answer had a private key in it */
  close(): Promise<void>;
}

export async function startCustody(): Promise<Custody> {
  const database = await createTestDatabase();
  const tables: Database = openDatabase({ databaseUrl: database.url, max: 1 });
  const auth = await startFakeAuth({});
  const logs = collectLogs();
  const running: RunningIdentity[] = [];
  const folders: string[] = [];
  const sharedStore = createMemoryStore();
  const heard: string[] = [];
  const hearing = (identity: RunningIdentity): RunningIdentity => ({
    ...identity,
    get: async (...given) => hear(await identity.get(...given)),
    post: async (...given) => hear(await identity.post(...given)),
  });
  const hear = (answer: Answer): Answer => {
    // Signatures are in the answers to signing, by the thousand, and no private key is like them.
    heard.push(JSON.stringify(answer.body, (name, value: unknown) => (name === 'signature' ? undefined : value)));
    return answer;
  };
  const sql: RunningIdentity['sql'] = async (text, params = []) =>
    (await tables.pgStatement({ text, values: params })).rows;
  const makeFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'artdag-custody-'));
    folders.push(folder);
    return folder;
  };
  const folder = makeFolder();
  return {
    ...{ database, auth, logs, folder, makeFolder, sharedStore },
    addActor: (name) => {
      auth.actors.set(`user:${name}`, { actor_id: `user:${name}`, username: name, status: 'active' });
    },
    async start(config = {}, overrides = {}) {
      const common = { databaseUrl: database.url, tables, authUrl: auth.url, logger: logs.logger };
      const identity = await startIdentity({ ...common, dataDir: config.dataDir ?? folder, config, overrides });
      running.push(identity);
      return hearing(identity);
    },
    sql,
    hear: (text) => void heard.push(text),
    async close() {
      await Promise.all(running.map((identity) => identity.stop()));
      const forms = [...folders.flatMap(formsInFolder), ...(await formsInDatabase(sql))];
      const leaked = formsIn([logs.text(), ...new Set(heard)].join('\n'), forms);
      await auth.close();
      await tables.close();
      await database.drop();
      await sharedStore.close();
      for (const each of folders) rmSync(each, { recursive: true, force: true });
      if (leaked.length > 0) throw new Error(`${leaked.length} forms of private keys were logged or answered`);
    },
  };
}

const fragments = { ed25519: 'ed25519-key', rsa: 'main-key' } as const;

/** The id of the n-th key. */
export function keyIdOf(name: string, kind: KeyKind, n = 1): string {
  return `${testPublicUrl}/users/${name}#${fragments[kind]}${n === 1 ? '' : `-${n}`}`;
}

export const signedText = 'a text to sign';

export async function sign(
  identity: Pick<RunningIdentity, 'post'>,
  items: readonly { name: string; kind: KeyKind; n?: number }[],
): Promise<SignResult[]> {
  const body = {
    items: items.map(({ name, kind, n }) => ({
      ...{ actor_id: `user:${name}`, key: kind, key_id: keyIdOf(name, kind, n) },
      data: Buffer.from(signedText).toString('base64'),
    })),
  };
  const answer = await identity.post('/internal/sign', body, { 'x-actor-assertion': kit.service('federation') });
  if (answer.status !== 200) throw new Error(`signing answered ${answer.status}`);
  return answer.body.signatures;
}

/** Whether a result is a signature that the stored public key verifies. */
export async function verifies(custody: Pick<Custody, 'sql'>, result: SignResult | undefined): Promise<boolean> {
  const { key_id: keyId, signature } = result ?? {};
  if (keyId === undefined || signature === undefined) return false;
  const [row] = await custody.sql('SELECT public_key, kind FROM identity.actor_keys WHERE key_id = $1', [keyId]);
  const hash = row?.['kind'] === 'rsa' ? 'sha256' : null;
  return verify(hash, Buffer.from(signedText), String(row?.['public_key']), Buffer.from(signature, 'base64'));
}

export async function rotate(identity: RunningIdentity, body: object): Promise<Answer> {
  return await identity.post('/internal/admin/actor-keys/rotate', body, asAdmin);
}

/** The files in `keys/`, sorted; none when there is no folder. */
export function filesIn(folder: string): string[] {
  const keys = join(folder, 'keys');
  return existsSync(keys) ? readdirSync(keys).toSorted() : [];
}

function formsInFolder(folder: string): string[] {
  const pems = filesIn(folder).filter((name) => name.includes('.pem'));
  const texts = pems.map((name) => readFileSync(join(folder, 'keys', name), 'utf8'));
  return texts.filter((text) => text.includes('PRIVATE')).flatMap(privateFormsOfPem);
}

/** Of some keys: ten thousand are as good as a hundred. */
async function formsInDatabase(sql: Custody['sql']): Promise<string[]> {
  const rows = await sql('SELECT key_id, private_enc FROM identity.actor_keys WHERE private_enc IS NOT NULL LIMIT 100');
  const keys = masterKeys(masterKeyOf(7), [1, 2].map(masterKeyOf));
  return rows.flatMap(({ key_id, private_enc }) => {
    try {
      const der = openEnvelope(keys, String(key_id), String(private_enc));
      return privateForms(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
    } catch {
      return []; // Stored by a test that wants it to be of no use.
    }
  });
}
