import type { ProviderConfig } from './providers/provider-type.ts';

const stars = '****';
/** Of shorter ones the last four characters would tell too much. */
const minShownLength = 12;

/** `****abcd`, which tells its owner which secret it is; of a short one nothing. */
export function maskSecret(secret: string): string {
  return secret.length < minShownLength ? stars : stars + secret.slice(-4);
}

/** Whether a text is what we show in a secret's place. */
export function isMasked(text: string): boolean {
  return text.startsWith(stars);
}

/** A config as it is shown. */
export function maskSecrets(config: ProviderConfig, secrets: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, secrets.includes(name) ? maskSecret(value) : value]),
  );
}
