import type { Actor } from '../audit/audit.service.js';

/** Whoever may run commands on the machine is not known by name: the log says that it was the command line. */
export const commandLine: Actor = { kind: 'system', id: 'ccx' };
