import { checkboxes } from '../account/choices.ts';
import { field, type Field } from '../account/field.ts';
import { issuesOf, refusalBy, type Refusal, type Words } from '../account/refusal.ts';
import type { GatewayAnswer } from '../gateway/gateway.ts';
import { html, type Html } from '../html/html.ts';
import type { ConfigField, ProviderKind } from './provider-kinds.ts';

/** What was typed of a provider, or what is known of it. Secrets are not in it. */
export interface TypedProvider {
  name: string;
  capacity: string;
  /** By the names of the members. */
  config: Readonly<Record<string, string>>;
  /** Names of secrets that are to be forgotten. */
  forgotten?: readonly string[];
}

export interface ProviderForm {
  kind: ProviderKind;
  typed: TypedProvider;
  /** Of one that there is: as its secrets are shown, by their names. What is left empty stays. */
  masks?: Readonly<Record<string, string>>;
  refusal?: Refusal | undefined;
}

/** The fields of a provider: its name, what it is reached with, its size. */
export function providerFields({ kind, typed, masks, refusal }: ProviderForm): Html {
  const wrong = refusal?.fields ?? {};
  const fields: Field[] = [
    {
      ...{ name: 'provider_name', label: 'Name', type: 'text', autocomplete: 'off', value: typed.name },
      ...{ maxLength: 100, optional: masks === undefined, hint: 'By which you know it among your own.' },
    },
    ...kind.fields.map((one) => configField(one, typed, masks)),
    {
      ...{ name: 'capacity_gb', label: 'Room, in GB', type: 'text', autocomplete: 'off', value: typed.capacity },
      ...{ optional: true, hint: 'For your own overview.' },
    },
  ];
  const forgettable = kind.fields.filter(({ name, isSecret, optional }) => isSecret && optional && masks?.[name]);
  const firstWrong = fields.find(({ name }) => wrong[name] !== undefined)?.name;
  return html`${fields.map((one) => field({ ...one, error: wrong[one.name], focus: one.name === firstWrong }))}
  ${forgettable.length === 0 ? '' : forget(forgettable, typed.forgotten ?? [])}`;
}

/** What can be done without can be taken back; what is typed in its place counts for more. */
function forget(fields: readonly ConfigField[], chosen: readonly string[]): Html {
  const choices = fields.map(({ name, label }) => ({ value: name, label }));
  return checkboxes({ name: 'forget', label: 'Forget', hint: 'What is here and is needed no more.', choices, chosen });
}

function configField(one: ConfigField, { config }: TypedProvider, masks: ProviderForm['masks']): Field {
  const { name, label, isSecret = false, optional = false, hint } = one;
  const mask = masks?.[name];
  const stays = mask === undefined ? undefined : `It stays ${mask} unless you type another one.`;
  return {
    ...{ name: `config.${name}`, label, type: isSecret ? 'password' : 'text', autocomplete: 'off' },
    ...(isSecret ? {} : { value: config[name] ?? '' }),
    optional: optional || stays !== undefined,
    ...((stays ?? hint) === undefined ? {} : { hint: stays ?? hint ?? '' }),
  };
}

export function readProvider(
  kind: ProviderKind,
  form: URLSearchParams,
): TypedProvider & { secrets: TypedProvider['config'] } {
  const text = (name: string): string => form.get(name)?.trim() ?? '';
  const membersThat = (isSecret: boolean): TypedProvider['config'] =>
    Object.fromEntries(
      kind.fields
        .filter((one) => (one.isSecret ?? false) === isSecret)
        .map(({ name }) => [name, text(`config.${name}`)]),
    );
  const secrets = Object.fromEntries(Object.entries(membersThat(true)).filter(([, value]) => value !== ''));
  const forgotten = form.getAll('forget');
  return { name: text('provider_name'), capacity: text('capacity_gb'), config: membersThat(false), secrets, forgotten };
}

/** Null for no size; undefined for what is no number, which the API would refuse in words for programmers. */
export function capacityOf({ capacity }: TypedProvider): number | null | undefined {
  if (capacity === '') return null;
  const size = /^\d{1,7}$/.test(capacity) ? Number(capacity) : 0;
  return size >= 1 && size <= 1_000_000 ? size : undefined;
}

export const wrongCapacity: Refusal = {
  status: 400,
  fields: { capacity_gb: 'A whole number from 1 to 1,000,000, or nothing.' },
};

const rules: Record<string, string> = {
  endpoint: 'Give an https address without user name, password and query.',
  bucket: 'A bucket has 2 to 63 letters, digits, dots, underscores and hyphens.',
  region: 'A region has up to 64 letters, digits, underscores and hyphens.',
  path: 'Give a path on the server.',
};
const credentialRule = 'Give this as the provider has given it to you: printable characters without blanks.';

/** Why a provider was not taken. Rules of ours that the API names in words come as they are. */
export function providerRefusal(kind: ProviderKind, answer: GatewayAnswer): Refusal {
  const fields = kind.fields.map(({ name }) => [`config.${name}`, rules[name] ?? credentialRule]);
  const words: Words = {
    codes: {
      storage_exists: { provider_name: 'You have a provider of this name already.' },
      too_many_storages: 'You have as many providers as there may be. Remove one first.',
      forbidden: 'This is for administrators of the server.',
    },
    fields: {
      provider_name: 'A name has up to 100 characters, and none that are not seen or turn the direction of text.',
      ...Object.fromEntries(fields),
    },
    otherwise: 'The provider could not be saved like this.',
  };
  const refusal = refusalBy(words, answer);
  const said = issuesOf(answer).filter(({ type }) => type === 'custom');
  const whole = said.find(({ field: name }) => name === 'config')?.message;
  const known = said.filter(({ field: name }) => refusal.fields?.[name] !== undefined);
  return {
    ...refusal,
    ...(whole === undefined ? {} : { message: whole }),
    ...(refusal.fields && {
      fields: { ...refusal.fields, ...Object.fromEntries(known.map(({ field: name, message }) => [name, message])) },
    }),
  };
}
