import { assetTypes } from '@artdag/claims/asset-types';
import { select, type Choice } from '../account/choices.ts';
import { field, labelled, type Labelled } from '../account/field.ts';
import type { Refusal } from '../account/refusal.ts';
import { html, type Html } from '../html/html.ts';
import type { ClaimForm } from './claim-form.ts';

interface ClaimField extends Labelled {
  name: keyof ClaimForm;
  /** One line of text unless it is something else. */
  kind?: 'url' | 'lines' | readonly Choice[];
}

const claimFields: ClaimField[] = [
  {
    name: 'content_hash',
    label: 'SHA3-256 hash',
    hint: 'Filled in when you choose a file. 64 digits 0 to 9 and a to f.',
  },
  {
    name: 'name',
    label: 'Name',
    hint: '1 to 128 letters, digits and . _ : -, begun by a letter or digit. Nobody else here can have it, and it stays as it is.',
  },
  { name: 'asset_type', label: 'Kind', kind: assetTypes.map((type) => ({ value: type, label: type })) },
  { name: 'description', label: 'Description', optional: true, kind: 'lines' },
  { name: 'tags', label: 'Tags', optional: true, hint: 'At most 32, with commas or spaces between them.' },
  {
    name: 'url',
    label: 'Where it can be seen',
    optional: true,
    hint: 'An address that begins with https://, http:// or ipfs://.',
    kind: 'url',
  },
  {
    name: 'ipfs_cid',
    label: 'IPFS CID',
    optional: true,
    hint: 'By which IPFS has it, if it does.',
  },
  {
    name: 'origin.type',
    label: 'Where it comes from',
    kind: [
      { value: 'self', label: 'I made it' },
      { value: 'external', label: 'From elsewhere' },
    ],
  },
  { name: 'origin.url', label: 'Address of its source', optional: true, kind: 'url' },
  { name: 'origin.note', label: 'Note on its source', optional: true },
  {
    name: 'metadata',
    label: 'Metadata',
    optional: true,
    hint: 'A JSON object of your own, such as {"camera": "old"}. At most 16 KiB.',
    kind: 'lines',
  },
  {
    name: 'visibility',
    label: 'Who finds it',
    hint: 'Who has its address can see an unlisted one, and it is in the public log like any other.',
    kind: [
      { value: 'public', label: 'Everybody, in lists and in the fediverse' },
      { value: 'unlisted', label: 'Who has its address, and your followers' },
    ],
  },
];

/** The controls, with what was typed; the page opens at the first that is wrong. */
export function claimControls(form: ClaimForm, errors: NonNullable<Refusal['fields']>): Html[] {
  const firstWrong = claimFields.find(({ name }) => errors[name] !== undefined)?.name;
  return claimFields.map((one) =>
    control({ ...one, error: errors[one.name], focus: one.name === firstWrong }, form[one.name]),
  );
}

function control(o: ClaimField, value: string): Html {
  if (o.kind === undefined || o.kind === 'url')
    return field({ ...o, type: o.kind === 'url' ? 'url' : 'text', autocomplete: 'off', value });
  // A line break right after the tag is not part of the text (HTML, the textarea element).
  if (o.kind === 'lines')
    return labelled(o, (attributes) => html`<textarea ${attributes} rows="4">${'\n'}${value}</textarea>`);
  return select({ ...o, choices: o.kind, chosen: value });
}
