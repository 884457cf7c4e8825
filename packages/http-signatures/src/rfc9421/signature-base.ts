import { SignatureError } from '../signature-error.ts';
import { componentLine } from './components.ts';
import { innerListText, itemText, type InnerList } from './structured-fields.ts';
import type { Message } from './message.ts';

/**
 * The text that is signed (RFC 9421 §2.5): a line per covered component, then the parameters. Throws SignatureError for a component that is covered
 * twice or that we do not know, and for a value with a line break, or beyond ASCII, which the two ends would turn into different bytes.
 */
export function signatureBase(input: InnerList, message: Message): string {
  const names = input.items.map(itemText);
  if (new Set(names).size !== names.length) throw invalid('The signature covers a component twice.');
  const lines = input.items.map((item) => componentLine(item, message));
  lines.push(`"@signature-params": ${innerListText(input)}`);
  if (!lines.every((line) => /^[\t\x20-\x7e]*$/.test(line))) {
    throw invalid('A signed component is not plain ASCII.');
  }
  return lines.join('\n');
}

function invalid(message: string): SignatureError {
  return new SignatureError('signature_invalid', message);
}
