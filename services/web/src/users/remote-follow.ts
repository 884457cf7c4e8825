import type { Request } from 'express';
import { z } from 'zod';
import { field } from '../account/field.ts';
import type { TryRead } from '../gateway/read-api.ts';
import { withQuery } from '../gateway/with-query.ts';
import { webAddress } from '../html/foreign-link.ts';
import { html, type Html } from '../html/html.ts';
import { userPath } from './user-path.ts';

export interface RemoteFollow {
  username: string;
  /** Whom one can follow, as `@user@host`. */
  handle: string;
  /** What the reader has said of themselves; undefined when nothing. */
  from: string | undefined;
  learned: LearnedFollow;
}

/** What is known of a reader's server: where it takes over, by its own word; or that it is blocked here. */
export type LearnedFollow = { address: string } | 'blocked' | undefined;

/** `@user@host`, also without the first sign. A host may have a port. */
const handlePattern = /^@?([\w.-]{1,64})@((?:[a-z0-9]+[.-]+)*[a-z0-9]+(?::\d{1,5})?)$/i;

/**
 * Where a reader's own server takes over if it is Mastodon or its kin, which ask there whether to follow whoever `uri` names; for servers that do not
 * say themselves. Undefined for what is no handle.
 */
function followAddress(from: string, handle: string): string | undefined {
  const host = accountOf(from)?.split('@')[1];
  return host === undefined || isHere(from, handle)
    ? undefined
    : withQuery(`https://${host}/authorize_interaction`, { uri: `acct:${handle.slice(1)}` });
}

/** `user@host`, if it is such a thing. */
function accountOf(text: string): string | undefined {
  const [, user, host] = handlePattern.exec(text.trim()) ?? [];
  return host !== undefined && URL.canParse(`https://${host}`) ? `${user}@${host.toLowerCase()}` : undefined;
}

const followPageSchema = z.object({ url: z.string().nullable() });

/** What federation says of a reader's server, which it asks; undefined where it cannot say, and for what is no handle. */
export async function learnFollow(
  { tryRead }: { tryRead: TryRead },
  req: Request,
  username: string,
  from: string | undefined,
): Promise<LearnedFollow> {
  const account = from === undefined ? undefined : accountOf(from);
  if (account === undefined) return undefined;
  const path = withQuery(`${userPath(username)}/remote-follow`, { account });
  const page = await tryRead(req, path, followPageSchema, { forbidden: 'blocked' as const });
  if (page === 'blocked') return page;
  const address = webAddress(page?.url ?? '')?.href;
  return address === undefined ? undefined : { address };
}

/** A box for readers who have an account elsewhere in the fediverse. */
export function remoteFollow({ username, handle, from, learned }: RemoteFollow): Html {
  const address = from === undefined ? undefined : addressOf(from, handle, learned);
  const error = from === undefined || address !== undefined ? undefined : wrong(from, handle, learned);
  const box = field({
    name: 'from',
    label: 'Your own handle',
    type: 'text',
    autocomplete: 'off',
    hint: 'Such as @you@mastodon.example. Your server then asks you whether to follow.',
    value: from ?? '',
    ...{ error, focus: error !== undefined },
  });
  return html`<form class="stack" method="get" action="${userPath(username)}#follow">
      ${box}
      <p><button>Follow</button></p>
    </form>
    ${address === undefined ? '' : goOn(address)}`;
}

function addressOf(from: string, handle: string, learned: LearnedFollow): string | undefined {
  if (learned === 'blocked') return undefined;
  return learned?.address ?? followAddress(from, handle);
}

function wrong(from: string, handle: string, learned: LearnedFollow): Html | string {
  if (learned === 'blocked') return 'Your server is blocked here: nobody can follow from there.';
  return isHere(from, handle)
    ? html`This is an account here: <a href="/login">log in</a> with it, and follow by a button.`
    : 'A handle looks like @you@mastodon.example.';
}

/** Whether an account is one of this server, as the handle is. */
function isHere(account: string, handle: string): boolean {
  return accountOf(account)?.split('@')[1] === handle.split('@')[2];
}

function goOn(address: string): Html {
  const { host } = new URL(address);
  return html`<p role="status">
    <a class="button" href="${address}" rel="nofollow noopener noreferrer external">Go on at ${host}</a>
    <span class="note">If it does not know this way, search there for the handle above.</span>
  </p>`;
}
