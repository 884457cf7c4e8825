import { askPassword } from '../../ask-password.ts';
import { CliError } from '../../cli-error.ts';
import { readAll, type Terminal } from '../../terminal.ts';

/**
 * Secrets by their fields: from the environment (`ARTDAG_SECRET_TOKEN` for `token`), the others asked for on a terminal, or read from standard
 * input, a line each, in the order of the fields.
 *
 * @throws CliError when one is missing
 */
export async function readSecrets(terminal: Terminal, fields: readonly string[]): Promise<Record<string, string>> {
  const found = new Map<string, string>();
  for (const field of fields) {
    const value = terminal.env[variableOf(field)];
    if (value) found.set(field, value);
  }
  const open = fields.filter((field) => !found.has(field));
  const values = terminal.stdin.isTTY ? await askEach(terminal, open) : await readLines(terminal, open);
  for (const [at, field] of open.entries()) {
    const value = values[at]?.trim();
    if (!value) {
      throw new CliError(`${field} is missing: give it in ${variableOf(field)}, or as a line of standard input.`);
    }
    found.set(field, value);
  }
  return Object.fromEntries(found);
}

function variableOf(field: string): string {
  return `ARTDAG_SECRET_${field.toUpperCase()}`;
}

async function askEach(terminal: Terminal, fields: readonly string[]): Promise<string[]> {
  const values: string[] = [];
  for (const field of fields) values.push(await askPassword(terminal, `${field}: `));
  return values;
}

async function readLines(terminal: Terminal, fields: readonly string[]): Promise<string[]> {
  return fields.length === 0 ? [] : (await readAll(terminal)).split('\n');
}
