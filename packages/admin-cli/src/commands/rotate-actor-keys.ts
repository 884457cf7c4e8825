import { CliError } from '../cli-error.ts';
import { withService } from '../service-client.ts';

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
