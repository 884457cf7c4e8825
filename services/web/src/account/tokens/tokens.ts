import { z } from 'zod';
import { html, type Html } from '../../html/html.ts';
import { time } from '../../html/pieces.ts';
import type { MadeSecret, SecretKind } from '../minting/secret-kind.ts';

const tokenSchema = z.object({
  id: z.string(),
  label: z.string(),
  scopes: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});

type Token = z.output<typeof tokenSchema>;

const madeSchema = z
  .object({ token: z.string(), label: z.string(), expires_at: z.string() })
  .transform(({ token, label, expires_at: end }): MadeSecret => ({ secret: token, label, end }));

/** `/account/tokens` */
export const tokens: SecretKind<Token> = {
  page: '/account/tokens',
  api: '/v1/tokens',
  list: z.object({ tokens: z.array(tokenSchema) }).transform((body) => body.tokens),
  made: madeSchema,
  isLive: ({ revoked_at: revokedAt, expires_at: expiresAt }) => revokedAt === null && new Date(expiresAt) > new Date(),
  about: aboutToken,
  how: ({ label, end }) =>
    html`For <strong>${label}</strong>, until ${time(end ?? '')}. Programs send it as
      <code>Authorization: Bearer</code>. Whoever has it can do what you have allowed it.`,
  words: {
    ...{ one: 'token', a: 'a', title: 'Tokens', none: 'You have no token that is good.', revoked: 'token-revoked' },
    intro: html`For programs that work as you for a while: signed texts (JWT) that others can check, too. A program
      sends its token as <code>Authorization: Bearer</code>.`,
  },
  form: {
    labelName: 'label',
    maxLabelLength: 80,
    hint: 'Such as the program or job that will have it.',
    lives: [
      { value: '3600', label: 'an hour' },
      { value: '86400', label: 'a day' },
      { value: '604800', label: 'a week' },
      { value: '2592000', label: '30 days' },
      { value: '7776000', label: '90 days' },
    ],
    usualLife: '86400',
    body: ({ label, scopes, life }) => ({ label, scopes, expires_in: Number(life) }),
  },
};

function aboutToken(token: Token): Html {
  const used = token.last_used_at === null ? 'never used' : html`last used ${time(token.last_used_at)}`;
  const end =
    token.revoked_at === null ? html`until ${time(token.expires_at)}` : html`revoked ${time(token.revoked_at)}`;
  return html`<span
    ><strong>${token.label}</strong>
    ${token.scopes.map((scope) => html`<span class="chip">${scope}</span> `)}<br /><span class="note"
      >made ${time(token.created_at)}, ${end}, ${used}</span
    ></span
  >`;
}
