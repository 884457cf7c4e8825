import { harmless } from './harmless.ts';

/** Markup that may be sent as it is. Only `html` and `trusted` make it, so no value from outside can pass for it. */
class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }

  static is(value: unknown): value is Html {
    return typeof value === 'object' && value !== null && #markup in value;
  }
}

export type { Html };

/** What a template takes. Texts are escaped; markup, also a list of it, goes in as it is. */
export type Value = string | number | Html | readonly Html[];

/** A template whose values are escaped, for element contents and attributes in double quotes; what would hide or turn text is shown instead. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  let markup = strings[0] ?? '';
  values.forEach((value, at) => {
    markup += render(value) + (strings[at + 1] ?? '');
  });
  return new Html(markup);
}

/** Markup of our own that is not to be escaped, such as what is made of our README. Never for anything that came from outside. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

function render(value: unknown): string {
  if (Html.is(value)) return value.toString();
  if (Array.isArray(value)) return value.map(render).join('');
  return escapeHtml(harmless(String(value)));
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
