import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Services } from '../services.ts';

/** An account of ours with followers. */
export interface Author {
  username: string;
  apId: string;
}

/** Registers accounts and waits until federation shows the keys of all of them. */
export async function startAuthors(services: Services, client: pg.Client, count: number): Promise<Author[]> {
  const usernames: string[] = [];
  while (usernames.length < count) {
    const username = `bench-${randomUUID().slice(0, 8)}`;
    const response = await fetch(`${services.urlOf('auth')}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: randomUUID() }),
    });
    if (response.status !== 201) throw new Error(`registering an account answered ${response.status}`);
    usernames.push(username);
    const shown = await fetch(`${services.urlOf('federation')}/users/${username}`, {
      headers: { accept: 'application/activity+json' },
    });
    await shown.body?.cancel();
  }
  for (let waited = 0; waited < 300; waited += 1) {
    const { rows } = await client.query<{ username: string; ap_id: string }>(
      `SELECT username, ap_id FROM federation.ap_actors WHERE username = ANY($1) AND jsonb_array_length(public_keys) > 0`,
      [usernames],
    );
    if (rows.length === count) return rows.map((row) => ({ username: row.username, apId: row.ap_id }));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('federation has not heard of the keys within 30 s');
}

/** The RSA keys of all authors, by their ids. */
export async function keysOf(client: pg.Client): Promise<[string, string][]> {
  const { rows } = await client.query<{ key_id: string; pem: string }>(
    `SELECT k ->> 'key_id' AS key_id, k ->> 'public_key_pem' AS pem
     FROM federation.ap_actors, jsonb_array_elements(public_keys) k WHERE k ->> 'kind' = 'rsa'`,
  );
  return rows.map(({ key_id, pem }) => [key_id, pem]);
}

/** Every author is followed from every one of these inboxes. */
export async function addFollowers(
  client: pg.Client,
  authors: readonly Author[],
  ports: readonly number[],
): Promise<void> {
  await client.query(
    `INSERT INTO federation.followers (username, follower_ap_id, inbox, shared_inbox, follow_activity_id)
     SELECT u, 'http://127.0.0.1:' || p || '/users/f', 'http://127.0.0.1:' || p || '/users/f/inbox',
       'http://127.0.0.1:' || p || '/inbox', 'http://127.0.0.1:' || p || '/follows/1'
     FROM unnest($1::text[]) u, unnest($2::int[]) p`,
    [authors.map(({ username }) => username), ports],
  );
}

/**
 * Publishes claims as federation does once their events have come: a publication, and a job per inbox, a transaction each. Answers their ids, and
 * when each was published, in milliseconds.
 */
export async function publishClaims(
  client: pg.Client,
  authors: readonly Author[],
  count: number,
): Promise<Map<string, number>> {
  const published = new Map<string, number>();
  for (let i = 0; i < count; i += 1) {
    const author = authors[i % authors.length];
    if (author === undefined) throw new Error('there is no author');
    const uuid = randomUUID();
    const id = `${new URL(author.apId).origin}/activities/${uuid}`;
    await client.query(PUBLISH, [uuid, author.apId, documentOf(author, id), author.username, uuid]);
    published.set(id, Date.now());
  }
  return published;
}

const PUBLISH = `
WITH published AS (
  INSERT INTO federation.publications (activity_id, ap_actor_id, document, published_at) VALUES ($1, $2, $3, now()) RETURNING activity_id)
INSERT INTO federation.deliveries (id, kind, activity_id, object_id, ap_actor_id, inbox, next_at, created_at)
SELECT 'dlv_' || $5 || '.' || row_number() OVER (), 'activity', p.activity_id, $5, $2, f.inbox, now(), clock_timestamp()
FROM published p, (SELECT DISTINCT coalesce(shared_inbox, inbox) AS inbox FROM federation.followers WHERE username = $4) f`;

/** As large as a claim with its proof. */
function documentOf({ apId }: Author, id: string): string {
  const hash = randomBytes(32).toString('hex');
  return JSON.stringify({
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/data-integrity/v1'],
    ...{ id, type: 'Create', actor: apId, published: new Date().toISOString() },
    to: ['https://www.w3.org/ns/activitystreams#Public'],
    cc: [`${apId}/followers`],
    object: {
      id: `${new URL(id).origin}/objects/${hash}`,
      type: 'Image',
      name: 'bench',
      contentHash: hash,
      attributedTo: apId,
    },
    note: randomBytes(300).toString('base64'),
  });
}
