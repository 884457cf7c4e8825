import type { Database } from '@artdag/database/bridge';
import type { L1ServerRepository, L1ServerRow } from './l1-server.ts';

// In one order, so that replicas that start together with different lists cannot wait for each other in a circle.
const addMissing = `
  INSERT INTO l1_servers (url, name)
  SELECT url, name FROM unnest($1::text[], $2::text[]) AS configured (url, name) ORDER BY url
  ON CONFLICT (url) DO NOTHING`;

const list = `
  SELECT url, name, status, public_key_pem AS "publicKeyPem", last_seen_at AS "lastSeenAt", added
  FROM l1_servers ORDER BY created_at, url`;

const add = `
  INSERT INTO l1_servers (url, name, added) VALUES ($1, $2, true)
  ON CONFLICT (url) DO UPDATE SET added = true, updated_at = now() WHERE NOT l1_servers.added`;

export function createL1ServerRepository(database: Database): L1ServerRepository {
  const changed = async (text: string, values: unknown[]): Promise<boolean> =>
    ((await database.pgStatement({ text, values })).rowCount ?? 0) > 0;
  return {
    async addMissing(urls) {
      const names = urls.map((url) => new URL(url).host);
      await database.pgStatement({ name: 'add-missing-l1-servers', text: addMissing, values: [urls, names] });
    },
    async list() {
      const statement = { name: 'list-l1-servers', text: list, values: [] };
      return (await database.pgStatement<L1ServerRow & Record<string, unknown>>(statement)).rows;
    },
    add: (url, name) => changed(add, [url, name]),
    remove: (url) => changed('DELETE FROM l1_servers WHERE url = $1', [url]),
    setStatus: (url, status) =>
      changed('UPDATE l1_servers SET status = $2, updated_at = now() WHERE url = $1', [url, status]),
    setKey: (url, pem) =>
      changed('UPDATE l1_servers SET public_key_pem = $2, updated_at = now() WHERE url = $1', [url, pem]),
  };
}
