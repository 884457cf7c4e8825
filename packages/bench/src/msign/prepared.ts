import { sign } from 'node:crypto';
import { bodyDigest, emptyBodyDigest, formatCredentials, signedText } from '@artdag/msign';
import type { Sent } from '../closed-loop.ts';
import type { SigningIdentity } from './identities.ts';

/** A request that was signed before it is sent, and by whom. */
export interface Prepared extends Sent {
  by: SigningIdentity;
}

interface ToSign {
  method: Sent['method'];
  path: string;
  body?: string;
}

export function signFor(host: string, by: SigningIdentity, ts: number, { method, path, body }: ToSign): Prepared {
  const bodySha256 = body === undefined ? emptyBodyDigest : bodyDigest(body);
  const text = signedText({ method, host, target: path, ts, bodySha256 });
  const signature = sign(null, Buffer.from(text), by.privateKey);
  const headers: Record<string, string> = {
    host,
    authorization: formatCredentials({ handle: by.handle, ts, signature }),
  };
  if (body === undefined) return { by, method, path, headers };
  headers['content-type'] = 'application/json';
  return { by, method, path, headers, body };
}

/** More than either side answers in a second; beyond them requests come again, as safe ones may. */
const perSecond = 12_000;

/**
 * Requests that are signed before a turn begins, so that its load generator signs nothing. No two are the same, so that nobody gains by remembering
 * signatures; all are signed for about now, and a turn ends within the 30 seconds for which they are good.
 */
export function createPrepared(o: { host: string; identities: readonly SigningIdentity[]; path: string }) {
  let requests: Prepared[] = [];
  let turn = -1;
  return {
    prepare(seconds: number): void {
      const ts = Math.floor(Date.now() / 1000) + 10;
      requests = Array.from({ length: perSecond * seconds }, (_, serial) => {
        const by = o.identities[serial % o.identities.length] as SigningIdentity;
        return signFor(o.host, by, ts, { method: 'GET', path: `${o.path}?n=${serial}` });
      });
      turn = -1;
    },
    next(): Prepared {
      turn = (turn + 1) % requests.length;
      return requests[turn] as Prepared;
    },
  };
}
