/** The suite's version, as /healthz reports it. Equal to package.json's; a test compares them. */
export const version: string = '0.1.0';
