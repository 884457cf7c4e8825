import { jest } from '@jest/globals';

// On two busy cores a test that talks to real servers may take longer than jest's five seconds; one that hangs still ends.
jest.setTimeout(30_000);
