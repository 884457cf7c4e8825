import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyFiles, type KeyFiles } from '@artdag/actor-keys';
import { eventually } from '@artdag/testing';
import { filesIn, keyIdOf, rotate, sign, startCustody, stores, verifies, type Custody } from './custody.testing.ts';

let custody: Custody;
let ended: (() => void)[] = [];
const rsa = { name: 'giles', kind: 'rsa' } as const;

beforeEach(async () => {
  custody = await startCustody();
  custody.addActor('giles');
});
afterEach(async () => {
  for (const end of ended) end();
  ended = [];
  await custody.close();
});

interface Crashing {
  files: KeyFiles;
  /** Resolves when the process has come to its end. */
  crashed: Promise<void>;
}

/** Key files of a process that does nothing more after that step: as if it had been killed, nothing is tidied up. */
function crashingAfter(step: string): Crashing {
  let crash = (): void => undefined;
  const crashed = new Promise<void>((resolve) => {
    crash = resolve;
  });
  const never = new Promise<never>((_resolve, reject) => ended.push(() => reject(new Error('the test is over'))));
  never.catch(() => undefined);
  const stop = async (): Promise<void> => {
    crash();
    await never;
  };
  const files = createKeyFiles(custody.folder, {
    afterStep: async (done) => (done === step ? await stop() : undefined),
  });
  return { files: step === 'row written' ? { ...files, place: stop } : files, crashed };
}

/** Keys of the folder without what was being written: that is nobody's, and swept once it is old. */
const wholeFiles = (): string[] => filesIn(custody.folder).filter((name) => !name.endsWith('.tmp'));

const makingSteps = ['written aside', 'linked', 'published'];

describe.each(makingSteps)('a crash while a pair is made in files, after: %s', (step) => {
  it('leaves nothing half-made: the next replica signs, with one pair, in one row', async () => {
    const { files, crashed } = crashingAfter(step);
    const one = await custody.start({}, { actorKeys: { files } });
    void sign(one, [rsa]).catch(() => undefined);
    await crashed;
    expect(await custody.sql('SELECT 1 FROM identity.actor_keys')).toEqual([]);
    const left = step === 'written aside' ? null : readFileSync(join(custody.folder, 'keys', 'giles.pem'), 'utf8');

    const two = await custody.start();
    const [result] = await sign(two, [rsa]);
    expect(await verifies(custody, result)).toBe(true);
    expect(wholeFiles()).toEqual(['giles.pem', 'giles.pub']);
    expect(await custody.sql('SELECT 1 FROM identity.actor_keys')).toHaveLength(1);
    // What was whole already was nobody else's, and is used.
    if (left !== null) expect(readFileSync(join(custody.folder, 'keys', 'giles.pem'), 'utf8')).toBe(left);
  });
});

const beforeTheRow = ['written aside', 'linked'];
const afterTheRow = ['row written', 'former kept', 'placed', 'published'];

describe.each([...beforeTheRow, ...afterTheRow])('a crash while a pair is rotated in files, after: %s', (step) => {
  it('leaves a key that every replica signs with, repairs itself, and rotates on', async () => {
    const first = await custody.start();
    await sign(first, [rsa]);
    const { files, crashed } = crashingAfter(step);
    const one = await custody.start({}, { actorKeys: { files } });
    void rotate(one, { username: 'giles', kind: 'rsa' }).catch(() => undefined);
    await crashed;

    const n = beforeTheRow.includes(step) ? 1 : 2;
    // One that held the former key knows at most seconds later; new ones at once, also two at the same moment.
    const replicas = await Promise.all([custody.start(), custody.start()]);
    const results = await Promise.all(replicas.map((replica) => sign(replica, [{ ...rsa, n }])));
    for (const [result] of results) expect(await verifies(custody, result)).toBe(true);
    await eventually(async () => (await sign(first, [{ ...rsa, n }]))[0]?.signature !== undefined);
    const staged = wholeFiles().filter((name) => name.includes('.next-'));
    expect(staged).toHaveLength(step === 'linked' ? 1 : 0);

    const again = await rotate(first, { username: 'giles', kind: 'rsa' });
    expect(again.status).toBe(200);
    for (const replica of [...replicas, await custody.start()]) {
      const [result] = await sign(replica, [{ ...rsa, n: n + 1 }]);
      expect(await verifies(custody, result)).toBe(true);
    }
    const retired = Array.from({ length: n }, (_, i) => `giles.pem.retired-${i + 1}`);
    const whole = wholeFiles().filter((name) => !name.includes('.next-'));
    expect(whole).toEqual(['giles.pem', ...retired, 'giles.pub']);
    const pub = readFileSync(join(custody.folder, 'keys', 'giles.pub'), 'utf8');
    expect(await custody.sql(`SELECT key_id, public_key FROM identity.actor_keys WHERE status = 'primary'`)).toEqual([
      { key_id: keyIdOf('giles', 'rsa', n + 1), public_key: pub },
    ]);
  });
});

describe.each(stores)('a transaction that fails before its commit, with %s', (_where, config) => {
  const spoil = async (): Promise<void> => {
    await custody.sql('SET ROLE NONE');
    await custody.sql(
      `CREATE FUNCTION identity.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$`,
    );
    await custody.sql(
      'CREATE TRIGGER fails BEFORE INSERT ON identity.outbox FOR EACH ROW EXECUTE FUNCTION identity.fail()',
    );
  };
  const mend = (): Promise<unknown> => custody.sql('DROP TRIGGER fails ON identity.outbox');
  const counts = async (): Promise<unknown[]> => await custody.sql('SELECT key_id FROM identity.actor_keys');

  it('makes no key; the next try does', async () => {
    const identity = await custody.start(config);
    await spoil();
    expect((await sign(identity, [rsa]))[0]?.error?.status).toBe(503);
    expect(await counts()).toEqual([]);
    await mend();
    const [result] = await sign(identity, [rsa]);
    expect(await verifies(custody, result)).toBe(true);
    expect(await counts()).toEqual([{ key_id: keyIdOf('giles', 'rsa') }]);
  });

  it('rotates nothing; the next try does, and the former key signs meanwhile', async () => {
    const identity = await custody.start(config);
    await sign(identity, [rsa]);
    await spoil();
    expect((await rotate(identity, { username: 'giles' })).status).toBe(500);
    const [result] = await sign(await custody.start(config), [rsa]);
    expect(await verifies(custody, result)).toBe(true);
    expect(await counts()).toEqual([{ key_id: keyIdOf('giles', 'rsa') }]);
    await mend();
    expect((await rotate(identity, { username: 'giles' })).status).toBe(200);
    const [next] = await sign(identity, [{ ...rsa, n: 2 }]);
    expect(await verifies(custody, next)).toBe(true);
  });
});
