/** One run over every workspace; `--selectProjects <name>` picks some. */
export default { projects: ['<rootDir>/packages/*', '<rootDir>/services/*', '<rootDir>/tests'] };
