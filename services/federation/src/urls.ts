/** The addresses of local actors, all made from the public URL (scheme and host, no trailing slash). */
export interface LocalUrls {
  readonly publicUrl: string;
  /** Host with its port, as it stands in `acct:` resources. */
  readonly host: string;
  readonly sharedInbox: string;
  /** The actor that stands for the whole server. */
  readonly instance: string;
  actor(username: string): string;
  inbox(username: string): string;
  outbox(username: string): string;
  followers(username: string): string;
  following(username: string): string;
  /** Whether a URL is one of ours, whatever it names. */
  isOurs(url: string): boolean;
  /** The username in an actor URL of ours; undefined for any other URL. */
  usernameOf(url: string): string | undefined;
}

/** Broad enough for every handle that auth gives out, narrow enough to be passed on without a second thought. */
const USERNAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

export function isUsername(text: string): boolean {
  return USERNAME.test(text);
}

export function createLocalUrls(publicUrl: string): LocalUrls {
  const { host, origin } = new URL(publicUrl);
  const prefix = `${publicUrl}/users/`;
  const actor = (username: string): string => `${prefix}${username}`;
  return {
    publicUrl,
    host,
    sharedInbox: `${publicUrl}/inbox`,
    instance: `${publicUrl}/actor`,
    actor,
    inbox: (username) => `${actor(username)}/inbox`,
    outbox: (username) => `${actor(username)}/outbox`,
    followers: (username) => `${actor(username)}/followers`,
    following: (username) => `${actor(username)}/following`,
    isOurs: (url) => URL.parse(url)?.origin === origin,
    usernameOf(url) {
      if (!url.startsWith(prefix)) return undefined;
      const username = url.slice(prefix.length);
      return isUsername(username) ? username : undefined;
    },
  };
}
