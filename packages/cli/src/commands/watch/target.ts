import { CliError } from '../../cli-error.ts';
import { publicServer } from '../../public-server.ts';
import type { Terminal } from '../../terminal.ts';

/** Whom to watch, and where. */
export interface Target {
  /** Scheme, host and port that are asked. */
  server: string;
  username: string;
  /** Of the actor's URL, when it was named by host. */
  host: string | undefined;
}

const username = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * Reads `giles`, `@giles@l2.example.org` or `https://l2.example.org/users/giles`.
 *
 * @param server where to ask, if not at the actor's own host
 * @throws CliError when it is none of them
 */
export function targetOf(terminal: Terminal, actor: string, server: string | undefined): Target {
  if (username.test(actor)) return { server: publicServer(terminal, server), username: actor, host: undefined };
  const named = byUrl(actor) ?? byAddress(actor);
  if (named === undefined || !username.test(named.username)) {
    throw new CliError(`"${actor}" is no actor. Give a username, @name@host, or the actor's URL.`, 2);
  }
  const { origin, ...rest } = named;
  return { ...rest, server: server === undefined ? origin : publicServer(terminal, server) };
}

function byUrl(text: string): { origin: string; host: string; username: string } | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined;
  const { origin, host, pathname } = new URL(text);
  const [, name = ''] = /^\/users\/([^/]+)$/.exec(pathname) ?? [];
  return { origin, host, username: name };
}

function byAddress(text: string): { origin: string; host: string; username: string } | undefined {
  const [, name = '', host = ''] = /^(?:acct:|@)?([^@:]+)@([^@/]+)$/.exec(text) ?? [];
  const url = `https://${host}`;
  return host !== '' && URL.canParse(url)
    ? { origin: new URL(url).origin, host: new URL(url).host, username: name }
    : undefined;
}
