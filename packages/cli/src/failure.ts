import { CommanderError } from 'commander';
import { ApiError, CliError } from './cli-error.ts';

/** A failure, as `--json` writes it. */
interface Failure {
  /** The server's reason, or ours. */
  code: string;
  /** What went wrong and what to do. */
  error: string;
  /** Of the answer, where the server has refused. */
  status?: number;
  exit_code: number;
}

/** Whether the output of a command line is for programs; it has to be known before the line is parsed, as that can fail. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--json');
}

/** What is written of a failure, without its line feed; empty where the command line said it already. */
export function failureText(error: unknown, asJson: boolean): string {
  const failure = failureOf(error);
  if (asJson) return JSON.stringify(failure);
  return error instanceof CommanderError ? '' : `artdag: ${failure.error}`;
}

export function exitCodeOf(error: unknown): number {
  return failureOf(error).exit_code;
}

function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    return { code: 'usage', error: usageWords(error), exit_code: error.exitCode };
  }
  const { message, code, exitCode } = error instanceof CliError ? error : unforeseen(error);
  const status = error instanceof ApiError ? { status: error.status } : {};
  return { code, error: message, ...status, exit_code: exitCode };
}

function unforeseen(error: unknown): CliError {
  return new CliError(error instanceof Error ? error.message : String(error));
}

function usageWords({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'that is no whole command. See: artdag --help';
  return message.replace(/^error: /, '').replaceAll(/\s+/g, ' ');
}
