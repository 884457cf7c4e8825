import type { AppError } from '@artdag/service-kit';

/** What became of a line, as the line of the answer that says it. */
export type LineRecord = string;

/** Registered (201), or there already as the line has it (200). */
export function assetRecord(line: number, status: 200 | 201, assetJson: string): LineRecord {
  return `{"line":${line},"status":${status},"asset":${assetJson}}\n`;
}

export function refusalRecord(line: number, error: AppError): LineRecord {
  const { status, code, detail, message } = error;
  return `${JSON.stringify({ line, status, code, detail: detail ?? message })}\n`;
}

/** The last one of an answer that ends early: it stands for its line and all after it, of which nothing was looked at. */
export function restRecord(line: number, error: AppError): LineRecord {
  const { status, code, detail, message } = error;
  return `${JSON.stringify({ line, status, code, detail: detail ?? message, rest: true })}\n`;
}
