import { callApi } from '../../api.ts';
import { callerOf, handleOf } from '../../caller.ts';
import { CliError } from '../../cli-error.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';

export interface ListActorsOptions {
  json?: boolean;
}

interface Page {
  orderedItems?: string[];
  /** The address of the next page. */
  next?: string;
}

/** An account follows 5,000 at most, and a page has 50; of more followers the newest are listed. */
const maxPages = 200;

/** Lists those who accepted that the caller follows them, or those who follow the caller. */
export async function listActors(
  terminal: Terminal,
  which: 'following' | 'followers',
  options: ListActorsOptions,
): Promise<void> {
  const actors = await fetchActors(terminal, which);
  if (options.json) return printJson(terminal, { [which]: actors });
  const none = {
    following: 'You follow nobody. Follow somebody with: artdag follow NAME@HOST',
    followers: 'Nobody follows you.',
  };
  if (actors.length === 0) return print(terminal, none[which]);
  for (const actor of actors) print(terminal, visible(actor));
}

async function fetchActors(terminal: Terminal, which: string): Promise<string[]> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const name = encodeURIComponent(await handleOf(terminal, caller));
  const actors: string[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const path = `/users/${name}/${which}?page=${page}`;
    const { orderedItems, next } = await callApi<Page>(server, { path, credential });
    if (!Array.isArray(orderedItems)) throw new CliError(`${server}${path} did not answer with a page of actors.`);
    actors.push(...orderedItems);
    if (next === undefined) break;
  }
  return actors;
}
