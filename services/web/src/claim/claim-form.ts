/** What the form holds, as it was typed. Its fields are named as the API names them when one is wrong. */
export interface ClaimForm {
  content_hash: string;
  name: string;
  asset_type: string;
  description: string;
  tags: string;
  url: string;
  ipfs_cid: string;
  'origin.type': string;
  'origin.url': string;
  'origin.note': string;
  /** JSON. */
  metadata: string;
  visibility: string;
}

const blank: ClaimForm = {
  content_hash: '',
  name: '',
  asset_type: 'unknown',
  description: '',
  tags: '',
  url: '',
  ipfs_cid: '',
  'origin.type': 'self',
  'origin.url': '',
  'origin.note': '',
  metadata: '',
  visibility: 'public',
};

export function readClaimForm(sent: URLSearchParams): ClaimForm {
  const form = { ...blank };
  for (const name of Object.keys(blank) as (keyof ClaimForm)[]) form[name] = textOf(sent.get(name)) ?? form[name];
  return form;
}

/** Forms end their lines with CR LF (HTML, form submission), whatever was typed. */
function textOf(value: string | null): string | undefined {
  return value?.replaceAll('\r\n', '\n').trim();
}

/** The body of `POST /assets` (art-dag-l2.md §7.1), but for its metadata. */
export function newAssetOf(form: ClaimForm): Record<string, unknown> {
  const { 'origin.type': type, 'origin.url': originUrl, 'origin.note': note } = form;
  return {
    name: form.name,
    content_hash: form.content_hash.toLowerCase(),
    asset_type: form.asset_type,
    tags: form.tags.split(/[\s,]+/).filter((tag) => tag !== ''),
    visibility: form.visibility,
    origin: { type, ...given('url', originUrl), ...given('note', note) },
    ...given('description', form.description),
    ...given('url', form.url),
    ...given('ipfs_cid', form.ipfs_cid),
  };
}

/** A member that is left out where nothing was typed. */
function given(name: string, text: string): Record<string, string> {
  return text === '' ? {} : { [name]: text };
}
