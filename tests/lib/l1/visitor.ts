import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newAccount, type Account, type Answer } from '../api-client.ts';
import { insist } from '../patience.ts';
import type { L1 } from './l1.ts';

/** Somebody with an account at L2 who goes to L1s. */
export interface Visitor extends Account {
  /** Attaches as the CLI does, goes where a browser would be sent, and sees the page there. */
  attach(l1: L1): Promise<void>;
  detach(l1: L1): Promise<void>;
  logOut(): Promise<void>;
  /** The status of the page that only signed-in people see. */
  look(l1: L1): Promise<number>;
  /** The L1s that L2 lists as attached. */
  attached(): Promise<string[]>;
  /** Renders something there and has it published. */
  publish(l1: L1): Promise<{ run: Record<string, unknown>; published: Answer }>;
  /** The token that the L1 got. */
  tokenFor(l1: L1): string;
  /** Goes to another process of the same L1. */
  alsoGoesTo(other: L1, from: L1): void;
}

export async function newVisitor(l2: string): Promise<Visitor> {
  const account = await newAccount(l2);
  const { token } = account;
  const cookies = new Map<L1, string>();
  const tokens = new Map<L1, string>();
  const cookieFor = (l1: L1): string => cookies.get(l1) ?? '';
  const post = (l1: L1, path: string, body: object): Promise<Answer> =>
    call(l1.url, path, { body, headers: { cookie: cookieFor(l1), origin: l1.url } });
  const attached = async (): Promise<string[]> => {
    const { body } = await call(l2, '/renderers', { token });
    const renderers = body['renderers'] as { l1_server: string; attached: boolean }[];
    return renderers.filter((renderer) => renderer.attached).map(({ l1_server }) => l1_server);
  };
  const look = async (l1: L1): Promise<number> =>
    (await insist(() => fetch(`${l1.url}${l1.page}`, { headers: { cookie: cookieFor(l1) } }))).status;
  return {
    ...account,
    attached,
    look,
    async attach(l1) {
      const answer = await call(l2, '/renderers/attach', { token, body: { l1_server: l1.url } });
      expect(answer).toMatchObject({ status: 200, body: { l1_server: l1.url } });
      tokens.set(l1, String(answer.body['token']));
      // An L1 that L2 does not answer in time says 502.
      const response = await eventually(async () => {
        const there = await fetch(String(answer.body['auth_url']), { redirect: 'manual' });
        if (there.status >= 500) throw new Error(`${l1.url} answered ${there.status}`);
        return there;
      });
      cookies.set(l1, response.headers.getSetCookie()[0]?.split(';')[0] ?? '');
      expect([response.status, response.headers.get('location')]).toEqual([303, l1.page]);
      expect(await look(l1)).toBe(200);
      await eventually(async () => expect(await attached()).toContain(l1.url));
    },
    async detach(l1) {
      const { status, body } = await call(l2, '/renderers/detach', { token, body: { l1_server: l1.url } });
      expect([status, body]).toEqual([200, { l1_server: l1.url, attached: false, was_attached: true }]);
    },
    async logOut() {
      expect((await call(l2, '/auth/logout', { token, method: 'POST' })).status).toBe(200);
    },
    async publish(l1) {
      const { body: run } = await post(l1, '/runs', l1.recipe());
      return { run, published: await post(l1, `/runs/${String(run['run_id'])}/publish`, {}) };
    },
    tokenFor: (l1) => tokens.get(l1) ?? '',
    alsoGoesTo: (other, from) => void cookies.set(other, cookieFor(from)),
  };
}
