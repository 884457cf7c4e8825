import { createPrivateKey, type KeyObject } from 'node:crypto';

/** The texts in which a private key could be met: PEM, its lines, DER and the secret itself in hex and base64. */
export function privateForms(key: KeyObject): string[] {
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const jwk = key.export({ format: 'jwk' });
  const secrets = [jwk.d, jwk.p, jwk.q].flatMap((text) => (text === undefined ? [] : [Buffer.from(text, 'base64url')]));
  // The first lines of a PEM name the algorithm only; what is left is the key's own.
  const lines = pem
    .split('\n')
    .slice(1, -2)
    .filter((line) => line.length >= 32 && secrets.some((s) => holds(line, s)));
  const bytes = [der, ...secrets];
  return [
    pem.trim(),
    ...lines,
    ...bytes.flatMap((b) => [b.toString('hex'), b.toString('base64'), b.toString('base64url')]),
  ];
}

export function privateFormsOfPem(pem: string): string[] {
  return privateForms(createPrivateKey(pem));
}

/** Which of the forms a text contains, however its line breaks and quotes are escaped. */
export function formsIn(text: string, forms: readonly string[]): string[] {
  const plain = text.replaceAll('\\n', '\n');
  return forms.filter((form) => plain.includes(form) || plain.toLowerCase().includes(form.toLowerCase()));
}

/** Whether a base64 line has bytes of the secret in it. */
function holds(line: string, secret: Buffer): boolean {
  const bytes = Buffer.from(line, 'base64');
  return bytes.includes(secret.subarray(0, 8)) || secret.includes(bytes.subarray(0, 24));
}
