import { callApi } from '../../api.ts';
import { callerOf, type Caller } from '../../caller.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';

export interface FollowOptions {
  json?: boolean;
}

interface Following {
  /** The actor's URL. */
  target: string;
  state: 'requested' | 'accepted' | 'rejected' | 'none';
}

/**
 * Follows an actor, here or elsewhere. The same again says whether it has accepted.
 *
 * @returns the exit code: 1 when it has refused
 */
export async function follow(terminal: Terminal, actor: string, options: FollowOptions): Promise<number> {
  const { target, state } = await call(terminal, '/follow', actor, options);
  const words: Record<Following['state'], string> = {
    accepted: `You follow ${target}.`,
    requested: `${target} was asked and has not answered yet. The same command says later whether it has.`,
    rejected: `${target} refused.`,
    none: `You do not follow ${target}.`,
  };
  if (!options.json) print(terminal, visible(words[state]));
  return state === 'rejected' ? 1 : 0;
}

/** Follows an actor no more. */
export async function unfollow(terminal: Terminal, actor: string, options: FollowOptions): Promise<void> {
  const { target } = await call(terminal, '/unfollow', actor, options);
  if (!options.json) print(terminal, visible(`You do not follow ${target} any more.`));
}

async function call(terminal: Terminal, path: string, actor: string, { json }: FollowOptions): Promise<Following> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const body = { target: await targetOf(caller, actor) };
  const following = await callApi<Following>(server, { method: 'POST', path, body, credential, isRepeatable: true });
  if (json) printJson(terminal, following);
  return following;
}

/** `name@host` or a URL; a name alone is one of the server's own. */
async function targetOf({ server }: Caller, actor: string): Promise<string> {
  if (/^https?:\/\//.test(actor)) return actor;
  const name = actor.replace(/^(?:acct:|@)/, '');
  if (name.includes('@')) return name;
  const { domain } = await callApi<{ domain: string }>(server, { path: '/' });
  return `${name}@${domain}`;
}
