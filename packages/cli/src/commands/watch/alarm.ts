export type AlarmCode =
  // The log itself: nothing of what it shows is taken over.
  | 'not_signed'
  | 'key_unknown'
  | 'shrank'
  | 'forked'
  | 'rewritten'
  | 'withheld'
  | 'tiles_differ'
  | 'entries_differ'
  | 'actor_differs'
  // One claim of the actor's.
  | 'not_in_log'
  | 'claim_hidden'
  | 'claim_unproven'
  | 'claim_false'
  | 'key_differs';

/** What was seen does not fit the log: the server, or whoever is between, says different things to different people, or a false one. */
export interface Alarm {
  code: AlarmCode;
  /** One sentence or two. */
  text: string;
  /** URL of the claim, where it is about one. */
  activity?: string;
  /** What convinces others, verbatim: the checkpoint that was remembered, and the one that was shown. */
  evidence?: Record<string, string>;
}

/** An alarm that ends a look. */
export class Alarmed extends Error {
  override readonly name = 'Alarmed';
  readonly alarm: Alarm;

  constructor(code: AlarmCode, text: string, evidence?: Record<string, string>) {
    super(text);
    this.alarm = { code, text, ...(evidence && { evidence }) };
  }
}
