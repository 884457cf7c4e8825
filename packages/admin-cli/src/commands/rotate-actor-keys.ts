import { CliError } from '../cli-error.ts';
import { withService, type ServiceClient } from '../service-client.ts';

export interface RotateActorKeysOptions {
  user?: string;
  key?: string;
  compromised?: boolean;
}

interface KeySet {
  username: string;
  keys: { key_id: string; status: string }[];
}

type Print = (answer: unknown, text: string) => void;
type Note = (note: { action: string; target?: string; options?: Record<string, string | boolean> }) => Promise<unknown>;

/** `rotate-key ap-actor`: identity makes the new keys and tells federation and the log; no private key comes here. */
export async function rotateActorKeys(
  env: NodeJS.ProcessEnv,
  o: RotateActorKeysOptions,
  { print, note }: { print: Print; note: Note },
): Promise<void> {
  if (o.user === undefined) throw new CliError('Say whose keys: rotate-key ap-actor --user <handle>.');
  const body = { username: o.user, kind: o.key, compromised: o.compromised };
  const options = { kind: o.key ?? 'all', compromised: o.compromised === true };
  await note({ action: 'actor_keys.rotated', target: o.user, options });
  const set = await withService(env, 'identity', (client) => client.post<KeySet>('/actor-keys/rotate', body));
  print(set, set.keys.map(({ key_id, status }) => `${status.padEnd(11)}  ${key_id}`).join('\n'));
}

interface RewrapAnswer {
  master_key_id: string;
  rewrapped: number;
  unopened: string[];
  remaining: number;
  next: object | null;
}

type Walk = Pick<RewrapAnswer, 'master_key_id' | 'rewrapped' | 'unopened' | 'remaining'>;

/** Another walk finds what a second command held, or what a replica with the former master key sealed meanwhile. */
const maxWalks = 5;

/**
 * `rotate-key data-encryption`: identity, which has the master keys, re-wraps what it stores; neither they nor what they protect comes
 * here.
 *
 * @throws CliError when data keys remain under other master keys
 */
export async function rewrapDataKeys(
  env: NodeJS.ProcessEnv,
  { print, note }: { print: Print; note: Note },
): Promise<void> {
  await note({ action: 'actor_keys.rewrapped' });
  const result = await withService(env, 'identity', async (client) => {
    let walk: Walk | undefined;
    for (let walks = 0; walks < maxWalks; walks++) {
      const before = walk?.rewrapped ?? 0;
      walk = await walkOnce(client, walk);
      if (walk.remaining <= walk.unopened.length && walk.rewrapped === before) break;
      if (walk.remaining === 0) break;
    }
    return walk;
  });
  if (result === undefined) return;
  const { master_key_id, rewrapped, remaining, unopened } = result;
  print(result, `Re-wrapped ${rewrapped} under master key ${master_key_id}; ${remaining} remain under others.`);
  if (remaining === 0) return;
  const example = unopened[0] === undefined ? '' : `, such as ${unopened[0]}`;
  const why =
    unopened.length > 0
      ? `${unopened.length} open under none of identity's master keys${example}. Give it the one that sealed them as DATA_ENCRYPTION_KEY_OTHERS`
      : 'Somebody still seals with another master key; see that every replica has the new DATA_ENCRYPTION_KEY';
  throw new CliError(`${remaining} are not under the present master key: ${why}, and run this again.`);
}

async function walkOnce(client: ServiceClient, former: Walk | undefined): Promise<Walk> {
  let master_key_id = former?.master_key_id;
  let rewrapped = former?.rewrapped ?? 0;
  const unopened: string[] = [];
  let from: object | undefined;
  for (;;) {
    const answer: RewrapAnswer = await client.post('/actor-keys/rewrap', { master_key_id, from });
    master_key_id = answer.master_key_id;
    rewrapped += answer.rewrapped;
    unopened.push(...answer.unopened);
    if (answer.next === null) return { master_key_id, rewrapped, unopened, remaining: answer.remaining };
    from = answer.next;
  }
}
