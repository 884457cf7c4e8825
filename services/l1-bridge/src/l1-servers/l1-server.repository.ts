import type { Database } from '@artdag/database/bridge';

export interface L1ServerRepository {
  /** Adds the servers that are not known yet; what operators said about the others (name, draining) stays. */
  addMissing(urls: readonly string[]): Promise<void>;
}

// In one order, so that replicas that start together with different lists cannot wait for each other in a circle.
const addMissing = `
  INSERT INTO l1_servers (url, name)
  SELECT url, name FROM unnest($1::text[], $2::text[]) AS configured (url, name) ORDER BY url
  ON CONFLICT (url) DO NOTHING`;

export function createL1ServerRepository(database: Database): L1ServerRepository {
  return {
    async addMissing(urls) {
      const names = urls.map((url) => new URL(url).host);
      await database.pgStatement({ name: 'add-missing-l1-servers', text: addMissing, values: [urls, names] });
    },
  };
}
