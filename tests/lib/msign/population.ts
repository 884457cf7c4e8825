import { pick } from '../revocation/pick.ts';
import type { Replicas } from '../replicas.ts';
import { addKey, type Client, newAgent, type Place, signUp } from './client.ts';

/** A public key that is about to be taken back, or an agent's. */
export interface SigningKey extends Client {
  kind: 'key' | 'agent';
  owner: Owner;
  /** How often it was accepted before anybody asked to revoke it. */
  accepted: number;
  revokeSentAt: number | undefined;
  deadSince: number | undefined;
}

/** Somebody with a key that stays, unless the account is disabled, and with others that do not. */
export interface Owner {
  client: Client;
  keys: SigningKey[];
}

/** Any of the gateways, by the one name that all of them have. */
export function placesOf(replicas: Replicas): { each: Place[]; any: () => Place } {
  const { host } = new URL(replicas.publicOrigin);
  const each = replicas.gateways.map((origin) => ({ origin, host, now: () => new Date() }));
  return { each, any: () => pick(each) };
}

const fresh = { accepted: 0, revokeSentAt: undefined, deadSince: undefined };

/** So many owners, each with keys and agents besides the key that stays. */
export async function populate(
  any: () => Place,
  o: { owners: number; keys: number; agents: number },
): Promise<Owner[]> {
  const owners: Owner[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < o.owners) {
      begun += 1;
      const owner: Owner = { client: await signUp(any()), keys: [] };
      for (let made = 0; made < o.keys; made += 1)
        owner.keys.push({ ...(await addKey(any(), owner.client)), ...fresh, kind: 'key', owner });
      for (let made = 0; made < o.agents; made += 1)
        owner.keys.push({ ...(await newAgent(any(), owner.client)), ...fresh, kind: 'agent', owner });
      owners.push(owner);
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return owners;
}
