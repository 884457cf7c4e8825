import { isUtf8 } from 'node:buffer';
import { AppError, validate } from '@artdag/service-kit';
import { newAssetSchema, type NewAsset } from '../new-asset.ts';
import { maxLineBytes } from './limits.ts';
import type { Line } from './line-splitter.ts';

/**
 * What a line asks for, by the rules of `POST /assets`.
 *
 * @throws AppError 413 `line_too_long`, 400 `invalid_json`, 422 `validation_error`
 */
export function readLine({ bytes }: Line): NewAsset {
  if (bytes === null) throw new AppError('line_too_long', 413, `A line has at most ${maxLineBytes} bytes.`);
  if (!isUtf8(bytes)) throw new AppError('invalid_json', 400, 'The line is not valid UTF-8.');
  return validate('body', newAssetSchema, parse(bytes.toString('utf8')));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('invalid_json', 400, 'The line is not valid JSON.');
  }
}
