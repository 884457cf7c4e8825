import { jest } from '@jest/globals';

// On busy cores whatever a test talks to may stand still for a while, and that is no fault; one that hangs still ends.
jest.setTimeout(300_000);
