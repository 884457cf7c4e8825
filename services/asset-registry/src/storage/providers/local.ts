import { z } from 'zod';
import { isPlainText } from '../../assets/text-rules.ts';
import { defineProvider } from './provider-type.ts';

const config = z.strictObject({
  path: z.string().min(1).max(1024).refine(isPlainText, 'A path has no NUL.'),
});

/** A folder of this machine, below `STORAGE_LOCAL_ROOT`. */
export const local = defineProvider({
  name: 'local',
  config,
  secrets: [],
  destinations: [],
  pinType: 'file',
  sysadmin: 'all',
  test: ({ path }, { folders }) => folders.probe(path),
  holds: ({ path }, copy, { folders, signal }) => folders.compare(path, copy, signal),
});
