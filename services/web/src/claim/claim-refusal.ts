import { codeOf, commonRefusal, fieldsOf, type Refusal } from '../account/refusal.ts';
import { assetPath } from '../assets/asset.ts';
import type { GatewayAnswer } from '../gateway/gateway.ts';
import { segment } from '../gateway/with-query.ts';
import { html } from '../html/html.ts';

const webAddress = 'An address has at most 2048 characters and begins with https://, http:// or ipfs://.';

/** In words for people, by the name of the form's field. */
const rules: Record<string, string> = {
  content_hash: 'Choose a file, or paste its SHA3-256 hash: 64 digits 0 to 9 and a to f.',
  name: 'A name has 1 to 128 letters, digits and . _ : -, and begins with a letter or digit.',
  asset_type: 'Choose one of these kinds.',
  description: 'A description has at most 4000 characters.',
  tags: 'At most 32 tags, of at most 64 characters each.',
  url: webAddress,
  ipfs_cid: 'A CID has 1 to 128 letters, digits and _ = -.',
  'origin.type': 'Choose where it comes from.',
  'origin.url': webAddress,
  'origin.note': 'A note has at most 1000 characters.',
  metadata: 'Metadata is a JSON object of at most 16 KiB.',
  visibility: 'Choose who finds it.',
};

/** Why the API has made no claim. */
export function claimRefusal(answer: GatewayAnswer, asked: { name: string; hash: string }): Refusal {
  const { status } = answer;
  const code = codeOf(answer);
  const fields = status === 409 ? takenFields(code, asked) : fieldsOf(answer, rules);
  if (Object.keys(fields).length > 0) return { status, fields };
  if (status === 401) return loggedOut;
  return commonRefusal(answer) ?? { status, message: reasons[code] ?? 'This claim cannot be made.' };
}

/** What was typed is still there, and can be sent once one is logged in again. */
export const loggedOut: Refusal = {
  status: 401,
  message: html`You are not logged in any more. <a href="/login" target="_blank">Log in</a> on another page, then claim
    it again here: what you have written is kept.`,
};

const reasons: Record<string, string> = {
  insufficient_scope: 'What you are logged in with may not make claims.',
  account_disabled: 'This account is disabled, and makes no claims.',
  idempotency_key_in_use: 'This claim is being made at this moment. Look for it among your assets.',
};

function takenFields(code: string, { name, hash }: { name: string; hash: string }): NonNullable<Refusal['fields']> {
  if (code === 'asset_exists')
    return { name: html`This name is taken by <a href="${assetPath(name)}">another asset</a>. Choose another one.` };
  if (code === 'content_already_owned')
    return {
      content_hash: html`Somebody else has claimed this content already:
        <a href="/objects/${segment(hash)}">who, and when</a>.`,
    };
  return {};
}
