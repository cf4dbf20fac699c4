// A bad line: a TCP proxy between a browser and a server, whose connections fail when a test says so.
import { createServer, connect, type Server, type Socket } from "node:net";

import { listening } from "./ports.js";

export class Line {
  /** Both ends of each connection: the browser's, the server's. */
  private readonly pairs = new Set<[Socket, Socket]>();
  private isCut = false;
  private isStalled = false;
  /** Milliseconds that every byte is late. */
  private late = 0;

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  /** A line to the port that `port` will say. */
  static async to(port: () => number): Promise<Line> {
    const server = createServer();
    const line = new Line(`http://127.0.0.1:${await listening(server)}`, server);
    server.on("connection", (near) => line.connect(near, port()));
    return line;
  }

  private connect(near: Socket, port: number): void {
    if (this.isCut) return void near.destroy();
    const far = connect(port, "127.0.0.1");
    const pair: [Socket, Socket] = [near, far];
    this.pairs.add(pair);
    this.carry(near, far, pair);
    this.carry(far, near, pair);
    if (this.isStalled) for (const end of pair) end.pause();
  }

  private carry(from: Socket, to: Socket, pair: [Socket, Socket]): void {
    from.setNoDelay();
    // Bytes keep their order, also when the line gets better while some are on their way.
    let due = 0;
    const after = (then: () => void) => {
      const now = Date.now();
      due = Math.max(due, now + this.late);
      if (due > now) setTimeout(then, due - now);
      else then();
    };
    from.on("data", (bytes) => after(() => to.write(bytes)));
    from.on("error", () => from.destroy());
    from.on("close", () => {
      // Of a pair that was parted, nobody tells the other end.
      if (this.pairs.delete(pair)) after(() => to.destroy());
    });
  }

  /** Every connection is reset, and none is taken. */
  cut(): void {
    this.isCut = true;
    for (const end of [...this.pairs].flat()) end.resetAndDestroy();
  }

  /** Nothing passes, and nobody is told. What was sent arrives when the line is mended. */
  stall(): void {
    this.isStalled = true;
    for (const end of [...this.pairs].flat()) end.pause();
  }

  /** The server's ends are gone, and the browser's are not told; new connections are good. */
  part(): void {
    const parted = [...this.pairs];
    this.pairs.clear();
    for (const [near, far] of parted) {
      near.pause();
      far.destroy();
    }
  }

  /** Every byte is late by so many milliseconds. */
  slow(late: number): void {
    this.late = late;
  }

  mend(): void {
    this.isCut = this.isStalled = false;
    this.late = 0;
    for (const end of [...this.pairs].flat()) end.resume();
  }

  close(): void {
    for (const end of [...this.pairs].flat()) end.destroy();
    this.server.close();
  }
}
