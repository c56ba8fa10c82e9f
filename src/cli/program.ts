import { Command, CommanderError } from 'commander';

import { exitCodes, explain } from './errors.js';
import { say } from './output.js';

export interface Invocation {
  /** What was typed after `ccx`. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
}

/** Runs one command and answers the exit code. */
export async function run(invocation: Invocation): Promise<number> {
  try {
    const program = await commandLine(invocation);
    await program.parseAsync([...invocation.args], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused;
    const { message, exitCode } = explain(error);
    say(message);
    return exitCode;
  }
}

type MakeCommand = (env: NodeJS.ProcessEnv) => Command;

// Only what is asked for is loaded: a call of the API needs nothing of the service.
const commands: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  serve: async () => (await import('./serve.js')).serveCommand,
  audit: async () => (await import('./audit.js')).auditCommand,
  log: async () => (await import('./log.js')).logCommand,
  migrate: async () => (await import('./migrate.js')).migrateCommand,
  operator: async () => (await import('./operator.js')).operatorCommand,
  keys: async () => (await import('./keys.js')).keysCommand,
  curl: async () => (await import('./curl.js')).curlCommand,
  authorize: async () => (await import('./authorize.js')).authorizeCommand,
  demo: async () => (await import('./demo/command.js')).demoCommand,
  rebuild: async () => (await import('./rebuild.js')).rebuildCommand,
  replay: async () => (await import('./replay/command.js')).replayCommand,
  evaluate: async () => (await import('./evaluate/command.js')).evaluateCommand,
  slo: async () => (await import('./slo/command.js')).sloCommand,
  verify: async () => (await import('./verify/command.js')).verifyCommand,
};

async function commandLine({ args, env, version }: Invocation): Promise<Command> {
  const program = new Command('ccx')
    .description('CCX, a customer-controlled preference broker')
    .version(version)
    .addHelpText(
      'after',
      `\nExit codes: ${exitCodes.done} done, ${exitCodes.failed} failed, ${exitCodes.misused} misused.`,
    );
  const wanted = Object.hasOwn(commands, args[0] ?? '') ? [args[0] as string] : Object.keys(commands);
  for (const name of wanted) program.addCommand((await commands[name]!())(env));
  everyCommand(program, (command) => command.exitOverride().showHelpAfterError('(--help tells more)'));
  return program;
}

function everyCommand(command: Command, act: (command: Command) => void): void {
  act(command);
  for (const child of command.commands) everyCommand(child, act);
}
