import type { Revoked } from '../options.ts';
import type { Session } from '../sessions/session.ts';
import type { L1Store } from '../store/l1-store.ts';

/** What a token is recognised by. */
export type Recognised = Pick<Session, 'l2Server' | 'username' | 'jti' | 'tokenHash' | 'issuedAt'>;

export interface RevocationList {
  /** Resolves to whether that was news. */
  add(revoked: Revoked): Promise<boolean>;
  has(token: Recognised): Promise<boolean>;
}

/** No token lives longer, so whatever is forgotten after that is dead of itself. */
const keptMs = 30 * 24 * 3600 * 1000;

/** Each L2 revokes its own tokens only: every key has its address in it. */
export function createRevocationList(store: L1Store): RevocationList {
  return {
    async add({ l2Server, username, jti, tokenHash, at }) {
      const ids = [jti && jtiKey(l2Server, jti), tokenHash && hashKey(l2Server, tokenHash)].filter(isText);
      if (ids.length === 0) return addUser(store, userKey(l2Server, username), at.getTime());
      const news = await Promise.all(ids.map((key) => store.setIfAbsent(key, '1', keptMs)));
      return news.includes(true);
    },
    async has({ l2Server, username, jti, tokenHash, issuedAt }) {
      const keys = [jtiKey(l2Server, jti), hashKey(l2Server, tokenHash), userKey(l2Server, username)];
      const [byJti, byHash, until] = await Promise.all(keys.map((key) => store.get(key)));
      return byJti !== undefined || byHash !== undefined || (until !== undefined && issuedAt <= Number(until));
    },
  };
}

/** `raise`, not `set`: a call that was long on its way must not bring back what a later one ended. */
async function addUser(store: L1Store, key: string, until: number): Promise<boolean> {
  const known = await store.get(key);
  if (known !== undefined && Number(known) >= until) return false;
  await store.raise(key, until, keptMs);
  return true;
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

const jtiKey = (l2Server: string, jti: string): string => `revoked:jti:${l2Server} ${jti}`;
const hashKey = (l2Server: string, tokenHash: string): string => `revoked:hash:${l2Server} ${tokenHash}`;
const userKey = (l2Server: string, username: string): string => `revoked:user:${l2Server} ${username}`;
