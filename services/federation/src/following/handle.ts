/** An account as people write it: `user@host`, also with `@` or `acct:` before it. */
export interface Handle {
  user: string;
  /** With its port, if it has one; lower case. */
  host: string;
}

const HANDLE = /^(?:acct:|@)?([\p{L}\p{N}._~!$&'()*+,;=%-]{1,128})@([^\s@/\\?#]{1,255})$/u;

/** Undefined for what is no handle. A host in letters of its own script is turned into the form that DNS has. */
export function readHandle(text: string): Handle | undefined {
  const [, user, named] = HANDLE.exec(text) ?? [];
  const host = named === undefined ? '' : (URL.parse(`https://${named}/`)?.host ?? '');
  return user === undefined || host === '' ? undefined : { user, host };
}

export function handleText({ user, host }: Handle): string {
  return `${user}@${host}`;
}
