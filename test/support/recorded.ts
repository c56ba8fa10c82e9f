import { join, relative } from 'node:path';

import { runSetting } from './database-server.js';

/** The environment for a process that is given a database, so that its statements are noted as those of the tests are. */
export function recorded(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env['DATABASE_URL'] === undefined) return env;
  return {
    ...env,
    NODE_OPTIONS: `--require ${join(__dirname, 'recorder.cjs')}`,
    CCX_TEST_FOLDER: runSetting('folder'),
    CCX_TEST_SPEC: relative(join(__dirname, '../..'), expect.getState().testPath ?? ''),
  };
}
