import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildGo } from './go.ts';

/** Hashes, notes and bytes are base64, as Go writes them in JSON. */
export interface Question {
  op:
    | 'root'
    | 'inclusion'
    | 'consistency'
    | 'tile'
    | 'check-inclusion'
    | 'check-consistency'
    | 'path'
    | 'parse-path'
    | 'note';
  size?: number;
  from?: number;
  index?: number;
  leaf?: string;
  root?: string;
  old?: string;
  proof?: string[];
  note?: string;
  vkeys?: string[];
  path?: string;
  /** -1 for bundles of entries. */
  level?: number;
  number?: number;
  width?: number;
}

export interface Reply {
  /** The library refuses. */
  error?: string;
  root?: string;
  proof?: string[];
  bytes?: string;
  path?: string;
  level?: number;
  number?: number;
  width?: number;
  text?: string;
  signers?: string[];
}

/** Go's `tlog` and `note`, as a program that answers questions (tests/tlog-reference). */
export interface TlogReference {
  ask(questions: readonly Question[]): Promise<Reply[]>;
  remove(): void;
}

export async function buildTlogReference(): Promise<TlogReference> {
  const folder = mkdtempSync(join(tmpdir(), 'artdag-tlog-'));
  const program = join(folder, 'tlog-reference');
  await buildGo('tlog-reference', program);
  return {
    async ask(questions) {
      const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
      const replies = (await text(child.stdout)).trimEnd().split('\n');
      if (replies.length !== questions.length) throw new Error(`${replies.length} answers to ${questions.length}`);
      return replies.map((reply) => JSON.parse(reply) as Reply);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
