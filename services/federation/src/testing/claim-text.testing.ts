/** What its owner signed, of a published claim: the same text without the Linked Data Signature, which stands last. */
export function claimText(published: string): string {
  return published.replace(/,"signature":\{[^{}]*\}\}$/, '}');
}
