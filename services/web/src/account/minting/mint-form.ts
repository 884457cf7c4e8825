import { html, type Html } from '../../html/html.ts';
import { select } from '../choices.ts';
import { field } from '../field.ts';
import type { Refusal, Words } from '../refusal.ts';
import { scopeChoices } from './scope-choices.ts';
import type { KindForm, ShownKind, Wish } from './secret-kind.ts';

export function readWish({ labelName }: KindForm, form: URLSearchParams): Wish {
  return {
    label: form.get(labelName)?.trim() ?? '',
    scopes: [...new Set(form.getAll('scopes'))],
    life: form.get('life') ?? '',
  };
}

/** What is wrong before anybody is asked. */
export function whatIsMissing({ labelName, lives }: KindForm, { label, scopes, life }: Wish): Refusal | undefined {
  const fields = {
    ...(label === '' ? { [labelName]: 'Say what it is for.' } : {}),
    ...(scopes.length === 0 ? { scopes: 'Choose at least one thing that it may do.' } : {}),
    ...(lives.some(({ value }) => value === life) ? {} : { life: 'Choose how long it lives.' }),
  };
  return Object.keys(fields).length === 0 ? undefined : { status: 400, fields };
}

export function mintWords({ labelName, maxLabelLength }: KindForm): Words {
  return {
    codes: {
      scope_not_allowed: { scopes: 'You may not do all of this yourself, so it may not either.' },
      too_many_keys: 'There are as many as there may be. Revoke one first.',
    },
    fields: {
      [labelName]: `This has up to ${maxLabelLength} characters.`,
      scopes: 'This is nothing that it could do.',
    },
    otherwise: 'It could not be made like this.',
  };
}

/** @param own what its maker may do */
export function mintForm(
  { page, words, form }: ShownKind,
  o: { own: readonly string[]; wish?: Wish; csrf: Html; refusal?: Refusal },
): Html {
  const { own, csrf, refusal } = o;
  const { labelName, hint, maxLabelLength: maxLength, lives: choices } = form;
  const wish = o.wish ?? { label: '', scopes: [], life: form.usualLife };
  const wrong = refusal?.fields ?? {};
  const error = wrong[labelName];
  return html`<form class="stack" method="post" action="${page}">
    ${csrf}
    ${field({
      ...{ name: labelName, label: 'What it is for', type: 'text', autocomplete: 'off', value: wish.label },
      ...{ hint, maxLength, error, focus: error !== undefined },
    })}
    ${scopeChoices(own, wish.scopes, wrong['scopes'])}
    ${select({ name: 'life', label: 'How long it lives', choices, chosen: wish.life, error: wrong['life'] })}
    <p><button>Make ${words.a} ${words.one}</button></p>
  </form>`;
}
