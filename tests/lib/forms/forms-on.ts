import type { Locator, Page } from 'playwright-core';
import { evaluateIn } from '../chromium.ts';

/** A control of a form, with what its page says of it. */
export interface Control {
  /** With the value for one of several boxes: `scopes=read:*`. */
  name: string;
  /** What errors are by. */
  field: string;
  /** Nothing shows what was typed there. */
  isSecret: boolean;
  value: string;
  /** What is said to be wrong with it; empty when nothing is. */
  error: string;
  /** The error is read out with it. */
  isTied: boolean;
  isMarked: boolean;
  /** The error stands next to it, by its boxes. */
  isBeside: boolean;
  hasFocus: boolean;
}

export interface Form {
  isShown: boolean;
  /** For each of its buttons what it would send: method, address, the names of what is sent unseen, the value of the button. Empty for one that sends nothing. */
  sends: string[];
  controls: Control[];
}

/** What is asked of a button in the page, where the types of the DOM are not known. */
interface FormButton {
  form: { ownerDocument: { forms: Iterable<unknown> }; querySelectorAll(selector: string): Iterable<unknown> };
}

/** The forms of a page, in its order. */
export function formsOn(page: Page): Promise<Form[]> {
  return evaluateIn(page, 'forms.js');
}

/** The form that a button is in, and what the button sends. */
export async function formOf(page: Page, button: Locator): Promise<{ form: Form; sent: string }> {
  const [at, buttonAt] = await button.evaluate((button: FormButton): [number, number] => [
    [...button.form.ownerDocument.forms].indexOf(button.form),
    [...button.form.querySelectorAll('button')].indexOf(button),
  ]);
  const form = (await formsOn(page))[at];
  const sent = form?.sends[buttonAt];
  if (form === undefined || sent === undefined) throw new Error('That is no button of a form.');
  return { form, sent };
}

/** Lets a page's forms be sent as by a browser that checks nothing before it sends. */
export function uncheckForms(page: Page): Promise<void> {
  return page.evaluate(`for (const form of document.forms) {
    form.noValidate = true;
    for (const control of form.elements) control.removeAttribute('maxlength');
  }`);
}
