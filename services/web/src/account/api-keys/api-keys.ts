import { z } from 'zod';
import { html, type Html } from '../../html/html.ts';
import { time } from '../../html/pieces.ts';
import type { MadeSecret, SecretKind } from '../minting/secret-kind.ts';

const apiKeySchema = z.object({
  id: z.string(),
  key_preview: z.string(),
  description: z.string(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  /** Null: never. */
  last_used: z.string().nullable(),
  /** Neither revoked nor expired. */
  is_active: z.boolean(),
});

type ApiKey = z.output<typeof apiKeySchema>;

const madeSchema = z
  .object({ key: z.string(), description: z.string() })
  .transform(({ key, description }): MadeSecret => ({ secret: key, label: description, end: null }));

/** `/account/api-keys` */
export const apiKeys: SecretKind<ApiKey> = {
  page: '/account/api-keys',
  api: '/auth/api-keys',
  list: z.array(apiKeySchema),
  made: madeSchema,
  isLive: ({ is_active: isActive }) => isActive,
  about: aboutApiKey,
  how: ({ label }) =>
    html`For <strong>${label}</strong>. Programs send it as <code>X-API-Key</code>; the command takes it by
      <code>artdag login --api-key-stdin</code>. Whoever has it can do what you have allowed it.`,
  words: {
    ...{ one: 'API key', a: 'an', title: 'API keys', none: 'You have no API key.', revoked: 'api-key-revoked' },
    intro: html`For programs that work as you. A program sends its key as <code>X-API-Key</code>.`,
  },
  form: {
    labelName: 'description',
    maxLabelLength: 200,
    hint: 'Such as the program or machine that will have it.',
    lives: [
      { value: '30', label: '30 days' },
      { value: '90', label: '90 days' },
      { value: '365', label: 'a year' },
      { value: 'ever', label: 'until it is revoked' },
    ],
    usualLife: '90',
    body: ({ label, scopes, life }) => ({
      ...{ description: label, scopes },
      expires_days: life === 'ever' ? null : Number(life),
    }),
  },
};

function aboutApiKey(key: ApiKey): Html {
  const used = key.last_used === null ? 'never used' : html`last used ${time(key.last_used)}`;
  const end = key.expires_at === null ? 'does not expire' : html`until ${time(key.expires_at)}`;
  return html`<span
    ><strong>${key.description}</strong> <code>${key.key_preview}</code><br /><span class="note"
      >made ${time(key.created_at)}, ${end}, ${used}</span
    ></span
  >`;
}
