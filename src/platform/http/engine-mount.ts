import type { IncomingMessage, ServerResponse } from 'node:http';

export type EngineHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Where the OAuth engine is put in front of Nest: it reads its own bodies and answers its own errors, so no parser,
 * guard or filter of ours may stand in its way.
 */
export class EngineMount {
  private handler?: EngineHandler;
  private isEnginePath: (path: string) => boolean = () => false;

  /** Gives the engine exactly the paths for which `isEnginePath` says so. */
  mount(isEnginePath: (path: string) => boolean, handler: EngineHandler): void {
    this.isEnginePath = isEnginePath;
    this.handler = handler;
  }

  /** Who answers the request, if it is the engine's. */
  handlerOf({ url = '' }: IncomingMessage): EngineHandler | undefined {
    return this.isEnginePath(url.split('?', 1)[0] as string) ? this.handler : undefined;
  }
}
