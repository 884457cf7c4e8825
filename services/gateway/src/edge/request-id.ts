import { randomBytes } from 'node:crypto';

const accepted = /^[A-Za-z0-9._-]{1,128}$/;

/** Takes a received `X-Request-Id` that is fit for logs, or makes one: a prefix that no other process has, and a count. */
export function createRequestIds(): (received: string | string[] | undefined) => string {
  const prefix = `${randomBytes(9).toString('base64url')}.`;
  let count = 0;
  return (received) => {
    if (typeof received === 'string' && accepted.test(received)) return received;
    count += 1;
    return prefix + count.toString(36);
  };
}
