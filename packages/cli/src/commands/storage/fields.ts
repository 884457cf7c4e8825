import { CliError } from '../../cli-error.ts';

/** Fields that nobody is to give where others on the machine can read them. */
const secretField = /secret|token|jwt|password|access_key|api_key/;

/** Field and value of `FIELD=VALUE`. @throws CliError for a field that looks like a secret */
export function settingOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new CliError(`--set wants FIELD=VALUE, such as endpoint=https://pins.example.org; "${text}" is none.`);
  const field = text.slice(0, at);
  if (secretField.test(field)) {
    throw new CliError(
      `others on this machine can read what is on a command line. Say --secret ${field}, and give its value by standard input or environment.`,
    );
  }
  return [field, text.slice(at + 1)];
}

/** The name of a field. @throws CliError for what is none */
export function fieldOf(text: string): string {
  if (/^[a-z][a-z0-9_]{0,63}$/.test(text)) return text;
  // What was given may be the secret itself.
  throw new CliError('--secret wants the name of a field, such as token, and not its value.');
}
