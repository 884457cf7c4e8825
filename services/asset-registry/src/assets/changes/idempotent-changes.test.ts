import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countRows } from '../../testing/registry.testing.ts';
import { startSuite, type RegistrySuite } from '../../testing/suite.testing.ts';

let suite: RegistrySuite;
let serial = 0;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.remove());

/** Headers with a key that nobody has used. */
function withKey(): Record<string, string> {
  serial += 1;
  return suite.as('giles', { headers: { 'idempotency-key': `change-${serial}` } });
}

describe('Idempotency-Key', () => {
  it('gives the same PATCH the stored answer, byte for byte, whatever happened since', async () => {
    const { name } = await suite.registered('giles');
    const headers = withKey();
    const first = await suite.patch(`/assets/${name}`, { tags: ['a'], url: null }, headers).expect(200);
    await suite.patch(`/assets/${name}`, { tags: ['b'] }, suite.as('giles')).expect(200);
    const before = await countRows(suite.tables);
    const second = await suite.patch(`/assets/${name}`, { url: null, tags: ['a'] }, headers).expect(200);
    expect(second.text).toBe(first.text);
    expect(await countRows(suite.tables)).toEqual(before);
    expect((await suite.get(`/assets/${name}`)).body).toMatchObject({ tags: ['b'] });
  });

  it('gives a PATCH that changed nothing the same answer, too', async () => {
    const { name } = await suite.registered('giles');
    const headers = withKey();
    const first = await suite.patch(`/assets/${name}`, { url: null }, headers).expect(200);
    await suite.patch(`/assets/${name}`, { url: 'https://example.com/' }, suite.as('giles')).expect(200);
    expect((await suite.patch(`/assets/${name}`, { url: null }, headers).expect(200)).text).toBe(first.text);
    expect((await suite.get(`/assets/${name}`)).body).toMatchObject({ url: 'https://example.com/' });
  });

  it('answers 204 to the same DELETE again, and 410 to one without the key', async () => {
    const { name } = await suite.registered('giles');
    const headers = withKey();
    await suite.delete(`/assets/${name}`, headers).expect(204);
    const before = await countRows(suite.tables);
    expect((await suite.delete(`/assets/${name}`, headers).expect(204)).text).toBe('');
    await suite.delete(`/assets/${name}`, suite.as('giles')).expect(410);
    expect(await countRows(suite.tables)).toEqual(before);
  });

  it('409 idempotency_key_reused for another change, another asset, another method or another version', async () => {
    const { name } = await suite.registered('giles');
    const { name: other } = await suite.registered('giles');
    const headers = withKey();
    await suite.patch(`/assets/${name}`, { tags: ['a'] }, headers).expect(200);
    const before = await countRows(suite.tables);
    const reused = [
      suite.patch(`/assets/${name}`, { tags: ['b'] }, headers),
      suite.patch(`/assets/${other}`, { tags: ['a'] }, headers),
      suite.delete(`/assets/${name}`, headers),
      suite.patch(`/assets/${name}`, { tags: ['a'] }, { ...headers, 'if-match': '*' }),
    ];
    for (const call of reused) expect((await call.expect(409)).body).toMatchObject({ code: 'idempotency_key_reused' });
    expect(await countRows(suite.tables)).toEqual(before);
  });

  it('makes one claim of eight equal requests at once', async () => {
    for (const method of ['patch', 'delete'] as const) {
      const { name } = await suite.registered('giles');
      const headers = withKey();
      const before = await countRows(suite.tables);
      const answers = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const call =
            method === 'patch'
              ? suite.patch(`/assets/${name}`, { tags: ['x'] }, headers)
              : suite.delete(`/assets/${name}`, headers);
          const answer = await call;
          return [answer.status, answer.text];
        }),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]?.[0]).toBe(method === 'patch' ? 200 : 204);
      const after = await countRows(suite.tables);
      expect([after.activities - before.activities, after.answers - before.answers]).toEqual([1, 1]);
    }
  });
});
