import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * An address that leads to one server and, when it is told so, to another: as a virtual IP does that moves from host to
 * host. Connections stay with the server that they were made to.
 */
export class MovableAddress {
  private readonly sockets = new Set<Socket>();
  /** Those through which nothing passes any more, nor the word that the other end has closed. */
  private readonly silenced = new WeakSet<Socket>();
  private isSilent = false;

  private constructor(
    private readonly server: Server,
    private target: number,
  ) {}

  static async to(port: number): Promise<MovableAddress> {
    const server = createServer({ pauseOnConnect: true });
    const address = new MovableAddress(server, port);
    server.on('connection', (socket) => address.forward(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return address;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The same URL, at this address. */
  urlOf(url: string): string {
    const moved = new URL(url);
    moved.port = String(this.port);
    return moved.href;
  }

  moveTo(port: number): void {
    this.target = port;
  }

  /** From now on nothing passes and nothing is closed, of the connections that there are and of new ones: a host is gone. */
  goSilent(): void {
    this.isSilent = true;
    for (const socket of this.sockets) this.silence(socket);
  }

  /** New connections pass again; those of before stay as silent as they are. */
  comeBack(): void {
    this.isSilent = false;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private forward(caller: Socket): void {
    this.keep(caller);
    if (this.isSilent) return this.silence(caller);
    const server = connect(this.target, '127.0.0.1');
    this.keep(server);
    for (const [from, to] of [
      [caller, server],
      [server, caller],
    ] as const) {
      from.on('data', (data) => {
        if (!to.write(data)) from.pause();
      });
      to.on('drain', () => {
        if (!this.silenced.has(from)) from.resume();
      });
      from.on('close', () => {
        if (!this.silenced.has(to)) to.destroy();
      });
    }
    caller.resume();
  }

  private silence(socket: Socket): void {
    this.silenced.add(socket);
    socket.pause();
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined); // its end is what counts
    socket.on('close', () => this.sockets.delete(socket));
  }
}
