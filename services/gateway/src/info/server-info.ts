/** What `GET /` tells programs (art-dag-l2.md §12). A count is null until its service has answered once. */
export interface ServerInfo {
  name: string;
  version: string;
  domain: string;
  default_user: string;
  assets: number | null;
  activities: number | null;
  users: number | null;
  /** Of the default user. */
  followers: number | null;
  l1_servers: string[] | null;
  keys_configured: boolean | null;
}

/** The part that is asked from the services, a question per field. */
export type LiveFacts = Pick<
  ServerInfo,
  'assets' | 'activities' | 'users' | 'followers' | 'l1_servers' | 'keys_configured'
>;
export type Questions = { [Field in keyof LiveFacts]: () => Promise<NonNullable<LiveFacts[Field]>> };

export interface ServerInfoDeps {
  fixed: Omit<ServerInfo, keyof LiveFacts>;
  questions: Questions;
  now: () => Date;
}

const maxAgeMs = 3000;

/**
 * Server info, asked at most every three seconds, once for all who want it meanwhile. A service that does not answer
 * takes only its own numbers with it: the last known ones stay.
 */
export function createServerInfo({ fixed, questions, now }: ServerInfoDeps): () => Promise<ServerInfo> {
  let facts: LiveFacts = {
    assets: null,
    activities: null,
    users: null,
    followers: null,
    l1_servers: null,
    keys_configured: null,
  };
  let askedAt = -Infinity;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const [assets, activities, users, followers, l1Servers, keysConfigured] = await Promise.all([
      questions.assets().catch(() => facts.assets),
      questions.activities().catch(() => facts.activities),
      questions.users().catch(() => facts.users),
      questions.followers().catch(() => facts.followers),
      questions.l1_servers().catch(() => facts.l1_servers),
      questions.keys_configured().catch(() => facts.keys_configured),
    ]);
    facts = { assets, activities, users, followers, l1_servers: l1Servers, keys_configured: keysConfigured };
    askedAt = now().getTime();
  }

  return async () => {
    if (now().getTime() - askedAt >= maxAgeMs) {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      await asking;
    }
    return { ...fixed, ...facts };
  };
}
