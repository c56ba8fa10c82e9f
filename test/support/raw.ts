import { connect, type Socket } from 'node:net';

/** A connection on which a test says exactly what it wants, when it wants. */
export interface RawConnection {
  readonly socket: Socket;
  send(text: string): void;
  /** Resolves with all that has been received once it holds this. */
  received(part: string): Promise<string>;
  /** Resolves with all that was received once the other side has closed. */
  closed(): Promise<string>;
}

export async function rawConnection(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let look = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    look();
  });
  socket.on('error', () => undefined); // being reset is one way of being closed
  const end = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    socket,
    send: (sent) => void socket.write(sent),
    received: (part) =>
      new Promise((resolve) => {
        look = () => {
          if (text.includes(part)) resolve(text);
        };
        look();
      }),
    closed: async () => {
      await end;
      return text;
    },
  };
}
