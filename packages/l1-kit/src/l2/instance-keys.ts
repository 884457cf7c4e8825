import { SignatureError, type KeySource, type PublicKeyOfOwner } from '@artdag/http-signatures';
import type { Settings } from '../options.ts';
import type { L2 } from './ask-l2.ts';

interface Known {
  keys: ReadonlyMap<string, PublicKeyOfOwner>;
  /** When they were fetched, and when that was last tried. */
  fetchedAt: number;
  triedAt: number;
}

/** A key that L2 has withdrawn is not believed for longer. */
const keptMs = 24 * 3600 * 1000;
/** A stranger who invents key ids makes us ask no more often than this. */
const betweenFetchesMs = 60_000;

/** The keys of the instance actors of our L2s, `{l2}/actor`. Nothing is ever fetched from anywhere else, whatever a keyId says. */
export function createInstanceKeys(deps: Pick<Settings, 'l2Servers' | 'now'> & { l2: L2 }): KeySource {
  const known = new Map<string, Known>();
  const underWay = new Map<string, Promise<void>>();

  async function fetchKeys(l2Server: string): Promise<void> {
    const before = known.get(l2Server) ?? { keys: new Map(), fetchedAt: 0, triedAt: 0 };
    const triedAt = deps.now().getTime();
    known.set(l2Server, { ...before, triedAt });
    const { status, body } = await deps.l2.get(`${l2Server}/actor`, 'application/activity+json');
    if (status !== 200) throw new Error(`${l2Server}/actor answered ${status}.`);
    known.set(l2Server, { keys: readKeys(body ?? {}, `${l2Server}/actor`), fetchedAt: triedAt, triedAt });
  }

  function refresh(l2Server: string): Promise<void> {
    const already = underWay.get(l2Server);
    if (already !== undefined) return already;
    const fetching = fetchKeys(l2Server).finally(() => underWay.delete(l2Server));
    underWay.set(l2Server, fetching);
    return fetching;
  }

  return async (keyId, { fresh }) => {
    const l2Server = [...deps.l2Servers].find((server) => keyId.startsWith(`${server}/actor#`));
    if (l2Server === undefined) {
      throw new SignatureError('key_unavailable', 'The keyId is not of the instance actor of an L2 of ours.');
    }
    const now = deps.now().getTime();
    const has = known.get(l2Server);
    const good = has !== undefined && now - has.fetchedAt < keptMs ? has.keys.get(keyId) : undefined;
    const mayFetch = has === undefined || now - has.triedAt >= betweenFetchesMs || underWay.has(l2Server);
    if ((good === undefined || fresh) && mayFetch) await refresh(l2Server);
    const key = known.get(l2Server)?.keys.get(keyId);
    if (key === undefined || (good === undefined && !mayFetch)) {
      throw new SignatureError('key_unavailable', `${l2Server}/actor does not have the key of the keyId.`);
    }
    return key;
  };
}

function readKeys(actor: Record<string, unknown>, id: string): Map<string, PublicKeyOfOwner> {
  if (actor['id'] !== id) throw new Error(`${id} shows another actor.`);
  const listed: unknown[] = [actor['publicKey']].flat();
  const keys = new Map<string, PublicKeyOfOwner>();
  for (const item of listed) {
    const key = (item ?? {}) as Record<string, unknown>;
    const { id: keyId, owner, publicKeyPem } = key;
    if (typeof keyId === 'string' && typeof publicKeyPem === 'string' && owner === id)
      keys.set(keyId, { publicKeyPem, owner: id });
  }
  return keys;
}
