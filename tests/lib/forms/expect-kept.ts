import { expect } from '@jest/globals';
import type { Form } from './forms-on.ts';

/**
 * Holds what a refused form was sent with against how it came back: all that was typed is there but secrets, each field that is wrong says so, in
 * its place and to who listens, and no other does; the first of them is where one goes on.
 *
 * @param wrong what is said at which field
 */
export function expectKept(typed: Form, shown: Form, wrong: Record<string, string>): void {
  const kept = typed.controls.map(({ name, value, isSecret }) => [name, isSecret ? '' : value.trim()]);
  expect(shown.controls.map(({ name, value }) => [name, value])).toEqual(kept);
  const errors = shown.controls.filter(({ error }) => error !== '');
  expect(Object.fromEntries(errors.map(({ field, error }) => [field, error]))).toEqual(
    Object.fromEntries(Object.entries(wrong).map(([field, says]) => [field, expect.stringContaining(says)])),
  );
  for (const { name, isTied, isMarked, isBeside } of errors)
    expect({ name, isTied, isMarked, isBeside }).toEqual({ name, isTied: true, isMarked: true, isBeside: true });
  const [first] = errors;
  if (first !== undefined)
    expect(shown.controls.filter(({ hasFocus }) => hasFocus).map(({ name }) => name)).toEqual([first.name]);
}
