import { CliError } from '../../cli-error.ts';

export type AlarmCode =
  | 'not_signed'
  | 'shrank'
  | 'forked'
  | 'rewritten'
  | 'tiles_differ'
  | 'entries_differ'
  | 'claim_hidden'
  | 'claim_false'
  | 'not_in_log';

/** What was seen does not fit the log: the server, or whoever is between, says different things to different people, or a false one. */
export class Alarm extends CliError {
  readonly code: AlarmCode;

  constructor(code: AlarmCode, what: string) {
    super(`ALARM ${code}: ${what}. Keep the state file and what was printed, and ask the operator.`, 1);
    this.code = code;
  }
}
