import { describe, expect, it } from '@jest/globals';
import { platformFolder } from './client-folder.ts';

describe("the client's folder", () => {
  it.each<[NodeJS.Platform, NodeJS.ProcessEnv, string]>([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.config/artdag'],
    ['linux', { HOME: '/home/ada', XDG_CONFIG_HOME: '/home/ada/etc' }, '/home/ada/etc/artdag'],
    ['linux', { HOME: '/home/ada', XDG_CONFIG_HOME: 'etc' }, '/home/ada/.config/artdag'],
    ['freebsd', { HOME: '/home/ada', XDG_CONFIG_HOME: '' }, '/home/ada/.config/artdag'],
    ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Application Support/artdag'],
    ['win32', { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' }, 'C:\\Users\\ada\\AppData\\Roaming\\artdag'],
    ['win32', { HOME: 'C:\\Users\\ada' }, 'C:\\Users\\ada\\AppData\\Roaming\\artdag'],
  ])('is on %s with %j at %s', (platform, env, folder) => {
    expect(platformFolder(env, platform)).toBe(folder);
  });
});
