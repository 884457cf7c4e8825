/** The environment that runService hands to a service's own config; nothing else in this package reads it. */
export function processEnv(): NodeJS.ProcessEnv {
  return process.env;
}
