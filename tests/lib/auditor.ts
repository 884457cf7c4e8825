import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { buildGo } from './go.ts';

/** A line of the auditor's output. */
export interface Finding {
  check?: string;
  ok: boolean;
  reason?: string;
  path?: string;
  detail?: string;
  size?: number;
  from?: number;
  to?: number;
  leaf?: string;
  entries?: number;
  requests?: number;
  tiles?: number[];
  types?: Record<string, number>;
}

export interface Verdict {
  /** 0: all of it holds; 1: refused; 2: called wrongly; 3: not reached. */
  code: number;
  findings: Finding[];
  /** What ended it. */
  last: Finding;
}

/** An auditor that follows a log. */
export interface Following {
  /** Resolves when it has seen a checkpoint of at least that size. */
  hasSeen(size: number): Promise<void>;
  stop(): Promise<Verdict>;
}

/** The auditor in Go (tests/auditor), for one log. */
export interface Auditor {
  audit(logUrl: string, vkey: string, ...flags: string[]): Promise<Verdict>;
  follow(logUrl: string, vkey: string): Following;
  remove(): void;
}

export async function buildAuditor(): Promise<Auditor> {
  const folder = mkdtempSync(join(tmpdir(), 'artdag-auditor-'));
  const program = join(folder, 'auditor');
  const followers = new Set<ChildProcess>();
  await buildGo('auditor', program);
  const of = (logUrl: string, vkey: string): string[] => ['-log', logUrl, '-vkey', vkey];
  return {
    audit: (logUrl, vkey, ...flags) =>
      new Promise((resolve) => {
        execFile(program, ['audit', ...of(logUrl, vkey), ...flags], { maxBuffer: 1 << 26 }, (error, stdout) => {
          resolve(toVerdict(typeof error?.code === 'number' ? error.code : 0, stdout));
        });
      }),
    follow(logUrl, vkey) {
      const state = ['-state', join(folder, 'checkpoint'), '-every', '50ms'];
      const child = spawn(program, ['follow', ...of(logUrl, vkey), ...state], { stdio: ['ignore', 'pipe', 'inherit'] });
      followers.add(child);
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const ended = once(child, 'close') as Promise<[number | null]>;
      const linesSoFar = (): string => output.slice(0, output.lastIndexOf('\n') + 1);
      const seen = (): number[] => toVerdict(0, linesSoFar()).findings.map(({ size, to }) => size ?? to ?? 0);
      return {
        hasSeen: (size) =>
          eventually(() => expect(Math.max(0, ...seen())).toBeGreaterThanOrEqual(size), { everyMs: 100 }),
        async stop() {
          child.kill('SIGTERM');
          const [code] = await ended;
          return toVerdict(code ?? 0, output);
        },
      };
    },
    remove() {
      for (const follower of followers) follower.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function toVerdict(code: number, output: string): Verdict {
  const lines = output.trimEnd().split('\n');
  const findings = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Finding);
  return { code, findings, last: findings.at(-1) ?? { ok: false } };
}
