import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt, { type JwtPayload } from 'jsonwebtoken';
import { request } from 'undici';
import { verifyRequest, type Attachment } from './attachments.ts';

const monthSeconds = 30 * 24 * 3600;

/** The ways in which a token does not count, each with what ours answers. */
export interface BadTokens {
  revoked: Attachment;
  expired: Attachment;
  forged: Attachment;
  foreign: Attachment;
}

const wanted: Record<keyof BadTokens, string> = {
  revoked: '401 token_revoked',
  expired: '401 invalid_token',
  forged: '401 invalid_token',
  foreign: '403 token_scope_mismatch',
};

/** @param victim attached, and then signed out; @param key auth's own, for a token that is good but for its age */
export function badTokensOf(victim: Attachment, live: Attachment, otherL1: string, key: KeyObject): BadTokens {
  const { header, payload } = jwt.decode(live.token, { complete: true }) as {
    header: jwt.JwtHeader;
    payload: JwtPayload;
  };
  const sign = (claims: JwtPayload, by: KeyObject): string => jwt.sign(claims, by, { algorithm: 'RS256', header });
  const nowSeconds = Math.floor(Date.now() / 1000);
  const past = { iat: nowSeconds - monthSeconds - 3600, exp: nowSeconds - 3600 };
  const strangerKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return {
    revoked: victim,
    expired: { ...live, token: sign({ ...payload, ...past }, key) },
    forged: { ...live, token: sign(payload, strangerKey) },
    foreign: { ...live, l1Server: otherL1 },
  };
}

async function answerTo(origin: string, attachment: Attachment): Promise<{ status: number; text: string }> {
  const { path, headers, body } = verifyRequest(attachment);
  const answer = await request(origin + path, { method: 'POST', headers, body });
  return { status: answer.statusCode, text: await answer.body.text() };
}

/** A live token is let in, and the bad ones are refused, by ours with the code that says why. @returns the answer to the live one */
export async function expectRefusals(
  origin: string,
  o: { live: Attachment; bad: BadTokens; isOurs: boolean },
): Promise<string> {
  const good = await answerTo(origin, o.live);
  if (good.status !== 200) throw new Error(`a live token was answered ${good.status}: ${good.text}`);
  for (const [kind, answerOfOurs] of Object.entries(wanted)) {
    const { status, text } = await answerTo(origin, o.bad[kind as keyof BadTokens]);
    const { code } = JSON.parse(text) as { code: string };
    const want = o.isOurs ? answerOfOurs : '401 invalid_token';
    if (`${status} ${code}` !== want)
      throw new Error(`a token that is ${kind} was answered ${status} ${code}, not ${want}`);
  }
  return good.text;
}

export function publicPemOf(privateKey: KeyObject): string {
  return String(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }));
}
