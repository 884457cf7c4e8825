import { createHash, randomBytes } from 'node:crypto';
import type { L1Store } from '../store/l1-store.ts';
import type { Session } from './session.ts';

export interface SessionRepository {
  /** Resolves to the secret for the cookie; the store has only its hash. */
  create(session: Session): Promise<string>;
  find(secret: string): Promise<Session | undefined>;
  update(secret: string, session: Session): Promise<void>;
  end(secret: string): Promise<void>;
  /** Ends those of a user that `isDead` says are. */
  endOf(l2Server: string, username: string, isDead: (session: Session) => boolean): Promise<void>;
}

export function createSessionRepository(store: L1Store, now: () => Date): SessionRepository {
  const left = (session: Session): number => Math.max(1, session.expiresAt - now().getTime());
  const read = async (key: string): Promise<Session | undefined> => {
    const text = await store.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Session);
  };
  async function drop(key: string): Promise<void> {
    const session = await read(key);
    await store.delete(key);
    if (session !== undefined) await store.remove(indexOf(session.l2Server, session.username), key);
  }
  return {
    async create(session) {
      const secret = randomBytes(32).toString('base64url');
      const key = keyOf(secret);
      await store.set(key, JSON.stringify(session), left(session));
      await store.add(indexOf(session.l2Server, session.username), key, left(session));
      return secret;
    },
    find: (secret) => read(keyOf(secret)),
    update: (secret, session) => store.set(keyOf(secret), JSON.stringify(session), left(session)),
    end: (secret) => drop(keyOf(secret)),
    async endOf(l2Server, username, isDead) {
      for (const key of await store.members(indexOf(l2Server, username))) {
        const session = await read(key);
        if (session === undefined || isDead(session)) {
          await store.delete(key);
          await store.remove(indexOf(l2Server, username), key);
        }
      }
    },
  };
}

function keyOf(secret: string): string {
  return `session:${createHash('sha256').update(secret).digest('hex')}`;
}

function indexOf(l2Server: string, username: string): string {
  return `sessions:${l2Server} ${username}`;
}
