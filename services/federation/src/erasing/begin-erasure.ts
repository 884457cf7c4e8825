import type { Execute } from '@artdag/messaging';
import { insertErasure, type Erasure } from './erasure.repository.ts';

/** Has the eraser walk the tables that hold copies of what the caller's transaction erases. The same event again changes nothing. */
export async function beginErasure(execute: Execute, erasure: Erasure): Promise<void> {
  await insertErasure(execute, erasure);
}
