import type { z } from 'zod';
import type { Html } from '../../html/html.ts';
import type { Choice } from '../choices.ts';
import type { Done } from '../done.ts';

/** A kind of secret that one makes for programs, as its pages speak of it. */
export interface ShownKind {
  page: '/account/api-keys' | '/account/tokens';
  words: KindWords;
  /** What the page of a new one says of it: for what it is, and how programs send it. */
  how: (made: MadeSecret) => Html;
  form: KindForm;
}

/** With the API's part of it; `One` is an entry of its list. */
export interface SecretKind<One extends { id: string }> extends ShownKind {
  /** Where the API has the list, makes one, and, below it, ends one. */
  api: string;
  list: z.ZodType<readonly One[]>;
  made: z.ZodType<MadeSecret>;
  isLive: (one: One) => boolean;
  /** By what its owner knows one again. */
  about: (one: One) => Html;
}

/** A new one, as the API answers it this once. */
export interface MadeSecret {
  secret: string;
  /** By which its owner knows it again. */
  label: string;
  /** Null: where its page does not say. */
  end: string | null;
}

interface KindWords {
  /** What one is, as in `Make an API key`. */
  one: string;
  a: 'a' | 'an';
  title: string;
  intro: Html;
  none: string;
  revoked: Done;
}

/** What was typed and chosen. */
export interface Wish {
  label: string;
  scopes: readonly string[];
  life: string;
}

/** What is asked of who makes one. */
export interface KindForm {
  /** What the API calls the text by which its owner knows one again. */
  labelName: 'description' | 'label';
  maxLabelLength: number;
  hint: string;
  /** How long it may live. */
  lives: readonly Choice[];
  usualLife: string;
  /** What the API is asked for. */
  body: (wish: Wish) => object;
}
