/** Of `artdag upload`. */
export interface UploadOptions {
  name?: string;
  nameTemplate?: string;
  type?: string;
  tag?: string[];
  description?: string;
  url?: string;
  hidden?: boolean;
  links?: boolean;
  jobs?: string;
  rehash?: boolean;
  dryRun?: boolean;
  json?: boolean;
}
